import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { because } from "../lib/because.js";
import { selector } from "../lib/labels.js";
import type { Mount } from "../lib/mounts.js";
import { placed } from "../lib/placed.js";
import { noServiceLinks } from "../lib/reasons.js";
import { nobody, restrictedContainer, restrictedPod } from "../lib/security.js";
import type { Settings } from "../settings/index.js";
import { images, reference } from "../versions.js";

/** Ports of every part of Thanos: pages and metrics, and what parts ask each other for. */
export const ports = { http: { name: "http", number: 10902 }, grpc: { name: "grpc", number: 10901 } } as const;

/** Secret with the key `objstore.yml`: where the object store is, and what lets in there. */
export const objectStoreSecret = "thanos-objstore";

/** Where the Secret is in a container. */
const objectStoreFolder = "/etc/thanos/object-store";
export const objectStoreFile = "objstore.yml";

/** The argument by which a part finds the object store. */
export const objectStoreArgument = `--objstore.config-file=${objectStoreFolder}/${objectStoreFile}`;

/** The Secret as a volume. */
export const objectStore: Mount = {
  volume: because(
    { name: "object-store", secret: { secretName: objectStoreSecret, defaultMode: 0o440 } },
    "0440: Thanos runs as a user of its own, and reads it by its group.",
  ),
  path: objectStoreFolder,
  options: { readOnly: true },
};

/** One part of Thanos: what it is told, what it needs. */
export interface Part {
  /** The subcommand: `sidecar`, `query`. */
  readonly command: string;
  readonly args: readonly string[];
  /** Whether others ask it for series. */
  readonly grpc: boolean;
  /** Name of its port for pages and metrics, where another container of the pod has `http`. */
  readonly httpName?: string;
  readonly resources: { readonly cpu: string; readonly memory: string; readonly limit: string };
}

/** The container of a part. */
export function container(
  settings: Settings,
  name: string,
  { command, args, grpc, httpName = ports.http.name, resources }: Part,
): IContainer {
  const probed = (path: string) => ({ httpGet: { path, port: httpName } });
  return {
    name,
    image: reference(images.thanos, settings),
    args: [
      command,
      "--enable-auto-gomemlimit",
      `--http-address=:${ports.http.number}`,
      ...(grpc ? [`--grpc-address=:${ports.grpc.number}`] : []),
      ...args,
    ],
    ports: [
      { name: httpName, containerPort: ports.http.number },
      ...(grpc ? [{ name: ports.grpc.name, containerPort: ports.grpc.number }] : []),
    ],
    startupProbe: { ...probed("/-/healthy"), periodSeconds: 3, failureThreshold: 60 },
    readinessProbe: { ...probed("/-/ready"), periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: { ...probed("/-/healthy"), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    resources: {
      requests: { cpu: resources.cpu, memory: resources.memory },
      limits: { memory: resources.limit },
    },
    securityContext: restrictedContainer,
  };
}

/** What every pod of Thanos has beside its containers and volumes. Its replicas go to different nodes where they can. */
export function podOf(settings: Settings, name: string): Partial<IPodSpec> {
  return because<Partial<IPodSpec>>(
    {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...placed(settings),
      securityContext: { ...restrictedPod, fsGroup: nobody },
      topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway" as const,
        maxSkew: 1,
        labelSelector: { matchLabels: selector(name) },
      })),
    },
    { enableServiceLinks: noServiceLinks },
  );
}
