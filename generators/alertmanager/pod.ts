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
import { readsSecret, receiversFolder, receiversSecret } from "./config.js";

export const alertmanagerName = "alertmanager";

/** Headless Service by whose name replicas find each other. */
export const peersService = "alertmanager-peers";

export const ports = { http: 9093, gossip: 9094 } as const;

/** Name of the volume with the silences and the log of what was sent. */
export const dataVolume = "data";

/** Folders in the container. */
export const folders = { config: "/etc/alertmanager/config", data: "/alertmanager" } as const;

/** What differs between the shapes in which Alertmanager runs. */
export interface Shape {
  /** What {@link dataVolume} is. Absent where a StatefulSet makes one for each pod. */
  readonly data?: Omit<IVolume, "name">;
  /** Where the pod may run, and before whom. */
  readonly placement?: Pick<IPodSpec, "priorityClassName" | "topologySpreadConstraints">;
}

/** Alertmanager's pod. */
export function pod(settings: Settings, { data, placement }: Shape): IPodTemplateSpec {
  const { alertmanager: url } = settings.externalUrls;
  const { volumes, volumeMounts } = mounted([
    { volume: { name: "config", configMap: { name: "alertmanager-config" } }, path: folders.config },
    ...(readsSecret(settings)
      ? [{ volume: { name: "receivers", secret: { secretName: receiversSecret } }, path: receiversFolder }]
      : []),
  ]);
  return {
    metadata: { labels: labels(alertmanagerName, "alerting") },
    spec: because(
      {
        serviceAccountName: alertmanagerName,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        ...placed(settings, placement),
        securityContext: { ...restrictedPod, fsGroup: nobody, fsGroupChangePolicy: "OnRootMismatch" },
        containers: [
          because(
            {
              name: alertmanagerName,
              image: reference(images.alertmanager, settings),
              args: [
                `--config.file=${folders.config}/alertmanager.yml`,
                `--storage.path=${folders.data}`,
                `--web.listen-address=:${ports.http}`,
                `--cluster.listen-address=:${ports.gossip}`,
                `--cluster.advertise-address=[$(POD_IP)]:${ports.gossip}`,
                `--cluster.peer=${peersService}:${ports.gossip}`,
                "--enable-feature=receiver-name-in-metrics",
                "--web.external-url=$(EXTERNAL_URL)",
                "--web.route-prefix=/",
                "--web.config.file=$(WEB_CONFIG_FILE)",
              ],
              env: [
                because({ name: "WEB_CONFIG_FILE" }, emptyVariable),
                { name: "EXTERNAL_URL", ...(url && { value: url }) },
                { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
              ],
              ports: [
                { name: "http", containerPort: ports.http },
                { name: "gossip-tcp", containerPort: ports.gossip },
                { name: "gossip-udp", containerPort: ports.gossip, protocol: "UDP" },
              ],
              readinessProbe: { httpGet: { path: "/-/ready", port: "http" }, periodSeconds: 5, timeoutSeconds: 3 },
              livenessProbe: {
                httpGet: { path: "/-/healthy", port: "http" },
                periodSeconds: 10,
                timeoutSeconds: 5,
                failureThreshold: 6,
              },
              resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
              securityContext: restrictedContainer,
              volumeMounts: [...volumeMounts, { name: dataVolume, mountPath: folders.data }],
            },
            {
              args: `${ownVariables} Left alone, Alertmanager looks for a private address, but some clusters give pods public ones. The brackets are for an IPv6 address, and do an IPv4 one no harm. cluster.peer is one name for all replicas, however many an overlay asks for; a single one finds itself. All webhooks are one integration: only by its receiver's name can one that fails be told from the others (receiver-name-in-metrics).`,
            },
          ),
        ],
        volumes: [...volumes, ...(data ? [{ name: dataVolume, ...data }] : [])],
      },
      {
        enableServiceLinks: noServiceLinks,
        securityContext: "fsGroup hands a fresh volume to the user that Alertmanager runs as.",
      },
    ),
  };
}
