import type { IContainer } from "kubernetes-models/v1/Container";
import { type Connection, connectionsOf, opensOnNode } from "../rendered/connections.js";
import { urlsIn } from "../rendered/hosts.js";
import { listeningOf } from "../rendered/listening.js";
import { nameOf, ofKind, type Rendered, type RenderedObject } from "../rendered/objects.js";
import { selectedBy } from "../rendered/services.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";
import { prometheusConfig } from "./prometheus/config.js";

/**
 * A port is the same wherever it is written: that at which a program listens, a container's, a Service's, a probe's, and
 * that which a scrape job or another text asks.
 */
export const ports: Check = {
  name: "ports",
  after: [prometheusConfig],
  run: async (rendered) => {
    const { objects } = rendered;
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
    return [
      ...services,
      ...workloads.flatMap((workload) => [...probes(workload), ...own(workload, objects)]),
      ...asked(rendered),
    ];
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
      const probe = container[kind];
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
      const says = `${kind} of container ${container.name} asks port`;
      const wrong =
        port === undefined || opens(container, port, "TCP")
          ? []
          : [`${says} ${port}, which is none of its ports (${opened([container])})`];
      const commanded = (probe?.exec?.command ?? [])
        .flatMap(urlsIn)
        .filter(({ host }) => host === "localhost" || host.startsWith("127."))
        .filter((address) => !containers.some((one) => opens(one, address.port ?? 80, "TCP")))
        .map(
          (address) =>
            `${says} ${address.port} by ${address.text}, which the pod does not open (${opened(containers)})`,
        );
      return [...wrong, ...commanded].map((message) => ({ object, message, fix: "name one of the container's ports" }));
    }),
  );
}

/** What a container opens is where its program listens, and the same on a node in whose network it is. */
function own({ object, namespace, containers, pod }: Workload, objects: readonly RenderedObject[]): Finding[] {
  return containers.flatMap((container) => [
    ...listeningOf(container, namespace, objects)
      .filter(({ port }) => !opens(container, port, "TCP"))
      .map(({ port, by }) => ({
        object,
        message: `container ${container.name} listens at port ${port} by ${by}, which is none of its ports (${opened([container])})`,
        fix: "patch the argument, containerPort and hostPort together, and whatever asks the port",
      })),
    ...(container.ports ?? [])
      .filter(({ hostPort, containerPort }) => pod.hostNetwork && hostPort !== undefined && hostPort !== containerPort)
      .map(({ hostPort, containerPort }) => ({
        object,
        message: `container ${container.name} has hostPort ${hostPort} and containerPort ${containerPort}, but is in the network of its node`,
        fix: "make both the same: the API server refuses it as it is",
      })),
  ]);
}

/** Ports that Kubernetes' own parts have on a node. */
const ofKubernetes = [2379, 2381, 6443, 9153, 10249, 10250, 10255, 10256, 10257, 10259];

/** What is asked is opened by whom it is asked of. */
function asked(rendered: Rendered): Finding[] {
  const { connections, cluster } = connectionsOf(rendered);
  const onNodes = connections.filter(({ to }) => to === "node").map(({ port }) => port);
  return connections.flatMap((connection): Finding[] => {
    const { who, object, to, port } = connection;
    if (port === undefined) return [];
    const fix = "patch the port back, or write the one that is opened in a copy of the file in the overlay";
    if (typeof to === "object" && "workload" in to) {
      const { containers, object: target } = to.workload;
      if (containers.some((container) => opens(container, port, "TCP"))) return [];
      return [{ object, message: `${who} asks port ${port} of ${target}, which opens ${opened(containers)}`, fix }];
    }
    if (to !== "node" || cluster.workloads.some((workload) => opensOnNode(workload, port))) return [];
    const meant = cluster.workloads.find((workload) => isMeant(workload, connection, onNodes));
    if (meant === undefined) return [];
    const there = opened(meant.containers);
    const job = connection.client?.config.job_name;
    return [
      {
        object,
        message: `${who} asks port ${port} of each node, where ${meant.object} opens ${there}`,
        fix: `${fix}${job === "node-exporter" ? "; the setting nodeExporter.port moves it wherever it is written" : ""}`,
      },
    ];
  });
}

/** Whether a workload on the nodes is what a job asks: it has the job's name, or opens ports that nothing asks. */
function isMeant(workload: Workload, { client, port }: Connection, onNodes: readonly (number | undefined)[]): boolean {
  const job = client?.config.job_name ?? "";
  const ports = workload.containers.flatMap((container) => container.ports ?? []);
  const onNode = ports.filter(({ containerPort }) => opensOnNode(workload, containerPort));
  if (onNode.length === 0) return false;
  if (Object.values(workload.labels).includes(job) || workload.object.endsWith(job)) return true;
  return !ofKubernetes.includes(port ?? 0) && onNode.every(({ containerPort }) => !onNodes.includes(containerPort));
}
