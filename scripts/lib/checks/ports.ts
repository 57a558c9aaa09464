import type { IContainer } from "kubernetes-models/v1/Container";
import { nameOf, ofKind } from "../rendered/objects.js";
import { selectedBy } from "../rendered/services.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";

/** A Service leads to ports that its pods open, and a probe by name to a port of its own container. */
export const ports: Check = {
  name: "ports",
  run: async ({ objects }) => {
    const workloads = workloadsOf({ objects });
    const services = ofKind(objects, "v1/Service").flatMap((service) =>
      (service.spec?.ports ?? []).flatMap(({ port, targetPort, protocol }) => {
        const target = targetPort ?? port;
        return (selectedBy(service, workloads) ?? [])
          .filter(({ containers }) => !containers.some((container) => opens(container, target, protocol ?? "TCP")))
          .map(({ object, containers }) => ({
            object: nameOf(service),
            message: `leads to port ${target}, which the pods of ${object} do not open (they open ${opened(containers)})`,
            fix: "correct targetPort, or add the port to the container's ports",
          }));
      }),
    );
    return [...services, ...workloads.flatMap(probes)];
  },
};

function opens({ ports }: IContainer, target: string | number, protocol: string): boolean {
  return (ports ?? []).some(
    (port) => (port.name === target || port.containerPort === target) && (port.protocol ?? "TCP") === protocol,
  );
}

function opened(containers: readonly IContainer[]): string {
  const ports = containers.flatMap(({ ports }) => ports ?? []);
  return (
    ports.map(({ name, containerPort }) => (name ? `${name}=${containerPort}` : containerPort)).join(", ") || "none"
  );
}

function probes({ object, containers }: Workload): Finding[] {
  return containers.flatMap((container) =>
    (["startupProbe", "readinessProbe", "livenessProbe"] as const).flatMap((kind) => {
      const port = container[kind]?.httpGet?.port ?? container[kind]?.tcpSocket?.port;
      if (typeof port !== "string" || opens(container, port, "TCP")) return [];
      return {
        object,
        message: `${kind} of container ${container.name} asks port ${port}, which is none of its ports (${opened([container])})`,
        fix: "name one of the container's ports",
      };
    }),
  );
}
