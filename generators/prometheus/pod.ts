import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import type { IVolume } from "kubernetes-models/v1/Volume";
import { because } from "../lib/because.js";
import { labels } from "../lib/labels.js";
import { mounted } from "../lib/mounts.js";
import { placed } from "../lib/placed.js";
import { emptyVariable, noServiceLinks, ownVariables } from "../lib/reasons.js";
import { nobody, restrictedContainer, restrictedPod } from "../lib/security.js";
import type { Settings } from "../settings/index.js";
import { images, reference } from "../versions.js";
import { paths } from "./paths.js";

export const port = { name: "http", number: 9090 } as const;

/** Names of the ConfigMaps that the pod reads. */
export const configMaps = {
  config: "prometheus-config",
  scrape: "prometheus-scrape",
  rules: "prometheus-rules",
} as const;

/** Label of the pods of a shard of `components/sharded`, with its number. */
export const shardLabel = "plain-prometheus/shard";

/**
 * Secret of `components/basic-auth`, with the keys `web-config.yml` (users and the hashes of their passwords), `username`
 * and `password`.
 */
export const webSecret = "prometheus-web";

/** Name of the volume that holds the samples. */
export const dataVolume = "data";

/** What differs between the shapes in which Prometheus runs. */
export interface Shape {
  /** What {@link dataVolume} is. Absent where a StatefulSet makes one for each pod. */
  readonly data?: Omit<IVolume, "name">;
  /** Value of the external label `replica`, another one for each that scrapes the same targets. Absent: it has no external labels. */
  readonly replica?: Omit<IEnvVar, "name">;
  /** The ConfigMaps of its configuration, its jobs and its rules. Absent: {@link configMaps}. */
  readonly reads?: { readonly config: string; readonly scrape: string; readonly rules?: string };
  /** Labels of its pods. Absent: those of a server. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Where the pod may run, and before whom. */
  readonly placement?: Pick<IPodSpec, "priorityClassName" | "topologySpreadConstraints">;
  /** For how many seconds a pod that is told to end goes on answering, until everybody has heard of it. */
  readonly leaveSeconds?: number;
}

/** The arguments of Prometheus, by those that say what it keeps and where. */
export function argumentsOf(storage: readonly string[]): string[] {
  return [
    `--config.file=${paths.config}/prometheus.yml`,
    ...storage,
    "--enable-feature=auto-reload-config",
    `--web.listen-address=:${port.number}`,
    "--web.external-url=$(EXTERNAL_URL)",
    "--web.route-prefix=/",
    "--web.config.file=$(WEB_CONFIG_FILE)",
  ];
}

/** Prometheus' pod. */
export function pod(settings: Settings, shape: Shape): Required<Pick<IPodTemplateSpec, "metadata" | "spec">> {
  const { data, replica, placement, leaveSeconds, reads = configMaps } = shape;
  const { volumes, volumeMounts } = mounted(
    (["config", "scrape", "rules"] as const).flatMap((name) =>
      reads[name] === undefined ? [] : [{ volume: { name, configMap: { name: reads[name] } }, path: paths[name] }],
    ),
  );
  return {
    metadata: { labels: shape.labels ?? labels("prometheus", "server") },
    spec: because(
      {
        serviceAccountName: "prometheus",
        enableServiceLinks: false,
        automountServiceAccountToken: true,
        ...placed(settings, placement),
        securityContext: { ...restrictedPod, fsGroup: nobody, fsGroupChangePolicy: "OnRootMismatch" },
        terminationGracePeriodSeconds: 300,
        containers: [
          because(
            {
              name: "prometheus",
              image: reference(images.prometheus, settings),
              args: argumentsOf([
                `--storage.tsdb.path=${paths.data}`,
                "--storage.tsdb.retention.time=$(RETENTION_TIME)",
                "--storage.tsdb.retention.size=$(RETENTION_SIZE)",
              ]),
              env: [
                { name: "RETENTION_TIME", value: settings.prometheus.retentionTime },
                { name: "RETENTION_SIZE", value: settings.prometheus.retentionSize },
                ...(replica === undefined
                  ? []
                  : [
                      { name: "CLUSTER", value: settings.cluster.name },
                      { name: "REPLICA", ...replica },
                    ]),
                because({ name: "WEB_CONFIG_FILE" }, emptyVariable),
                {
                  name: "EXTERNAL_URL",
                  ...(settings.externalUrls.prometheus && { value: settings.externalUrls.prometheus }),
                },
              ],
              ports: [{ name: port.name, containerPort: port.number }],
              ...(leaveSeconds !== undefined && { lifecycle: { preStop: { sleep: { seconds: leaveSeconds } } } }),
              startupProbe: { httpGet: { path: "/-/ready", port: port.name }, periodSeconds: 3, failureThreshold: 300 },
              readinessProbe: { httpGet: { path: "/-/ready", port: port.name }, periodSeconds: 5, timeoutSeconds: 3 },
              livenessProbe: {
                httpGet: { path: "/-/healthy", port: port.name },
                periodSeconds: 10,
                timeoutSeconds: 5,
                failureThreshold: 6,
              },
              resources: {
                requests: { cpu: settings.prometheus.cpuRequest, memory: settings.prometheus.memoryRequest },
                limits: { memory: settings.prometheus.memoryLimit },
              },
              securityContext: restrictedContainer,
              volumeMounts: [...volumeMounts, { name: dataVolume, mountPath: paths.data }],
            },
            {
              args: `${ownVariables} auto-reload-config takes over a changed ConfigMap in place, without a restart.`,
              lifecycle: "Nodes hear a moment late that a pod ends, and until then they send queries to it.",
              startupProbe: "Replaying a long log takes minutes, in which no other probe may end the pod: 15 minutes.",
            },
          ),
        ],
        volumes: data ? [...volumes, { name: dataVolume, ...data }] : volumes,
      },
      {
        enableServiceLinks: noServiceLinks,
        automountServiceAccountToken:
          "Prometheus finds its targets through the API server, and shows the token to kubelets.",
        securityContext: "fsGroup hands a fresh volume to the user that Prometheus runs as.",
        terminationGracePeriodSeconds:
          "On SIGTERM Prometheus ends its queries and closes its head. After SIGKILL it has to replay its log.",
      },
    ),
  };
}
