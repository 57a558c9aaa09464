import type { IContainer } from "kubernetes-models/v1/Container";
import { find, type RenderedObject } from "../rendered/objects.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";
import type { Check } from "./check.js";

const enforce = "pod-security.kubernetes.io/enforce";

/** Volumes that a restricted pod may have. */
const volumes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

const safeSysctls = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];

/**
 * Pods of a namespace that enforces the Pod Security Standard `restricted` would be admitted there. Its absence shows in
 * the events of a ReplicaSet or StatefulSet only: the apply itself succeeds.
 *
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export const podSecurity: Check = {
  name: "pod security",
  run: async ({ objects }) =>
    workloadsOf({ objects })
      .filter(({ namespace }) => levelOf(namespace, objects) === "restricted")
      .flatMap((workload) =>
        violations(workload).map((violation) => ({
          object: workload.object,
          message: `${violation}, which Pod Security restricted of namespace ${workload.namespace} refuses`,
          fix: "correct the securityContext, or give the pod a namespace of its own as overlays/prod does for node-exporter",
        })),
      ),
};

function levelOf(namespace: string | undefined, objects: readonly RenderedObject[]): string | undefined {
  return find(objects, "v1/Namespace", namespace ?? "", undefined)?.metadata.labels?.[enforce];
}

function violations({ pod, containers }: Workload): string[] {
  const shared = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => pod[field] === true);
  const kinds = (pod.volumes ?? []).flatMap(({ name, ...kind }) =>
    Object.keys(kind)
      .filter((key) => !volumes.includes(key))
      .map((key) => `volume ${name} is a ${key}`),
  );
  const sysctls = (pod.securityContext?.sysctls ?? []).filter(({ name }) => !safeSysctls.includes(name));
  return [
    ...shared.map((field) => `${field} is true`),
    ...kinds,
    ...sysctls.map(({ name }) => `sysctl ${name} is set`),
    ...(pod.securityContext?.runAsUser === 0 ? ["runAsUser is 0"] : []),
    ...containers.flatMap((container) =>
      ofContainer(container, pod.securityContext ?? {}).map((violation) => `container ${container.name}: ${violation}`),
    ),
  ];
}

function ofContainer(
  { securityContext, ports }: IContainer,
  pod: NonNullable<Workload["pod"]["securityContext"]>,
): string[] {
  const own = securityContext ?? {};
  const seccomp = (own.seccompProfile ?? pod.seccompProfile)?.type;
  const added = (own.capabilities?.add ?? []).filter((capability) => capability !== "NET_BIND_SERVICE");
  return [
    ...(own.privileged ? ["privileged is true"] : []),
    ...(own.allowPrivilegeEscalation === false ? [] : ["allowPrivilegeEscalation is not false"]),
    ...(own.capabilities?.drop?.includes("ALL") ? [] : ["capabilities.drop lacks ALL"]),
    ...added.map((capability) => `capability ${capability} is added`),
    ...((own.runAsNonRoot ?? pod.runAsNonRoot) === true ? [] : ["runAsNonRoot is not true"]),
    ...(own.runAsUser === 0 ? ["runAsUser is 0"] : []),
    ...(seccomp === "RuntimeDefault" || seccomp === "Localhost"
      ? []
      : ["seccompProfile is neither RuntimeDefault nor Localhost"]),
    ...(own.procMount != null && own.procMount !== "Default" ? [`procMount is ${own.procMount}`] : []),
    ...(ports ?? []).filter(({ hostPort }) => hostPort).map(({ hostPort }) => `hostPort ${hostPort} is open`),
  ];
}
