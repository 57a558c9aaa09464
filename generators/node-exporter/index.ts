import { DaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import { Service } from "kubernetes-models/v1/Service";
import type { Base } from "../lib/component.js";
import { labels, selector } from "../lib/labels.js";
import { type Mount, mounted } from "../lib/mounts.js";
import { restrictedContainer, restrictedPod } from "../lib/security.js";
import { virtualNodes } from "../lib/virtual-nodes.js";
import type { Settings } from "../settings/index.js";
import { images, reference } from "../versions.js";

const name = "node-exporter";
const portName = "http";

/** Host folders that node-exporter reads, and the flag that tells it where each is mounted. */
const hostFolders = [
  { name: "proc", path: "/proc", flag: "--path.procfs" },
  { name: "sys", path: "/sys", flag: "--path.sysfs" },
  { name: "root", path: "/", flag: "--path.rootfs" },
];

/** Machine metrics of every node: a DaemonSet, and a Service by which people find it. */
export function nodeExporter({ namespace, nodeExporterPort: port, podMounts }: Settings): Base {
  const metadata = { name, namespace, labels: labels(name, "exporter") };
  const { volumes, volumeMounts } = mounted(hostFolders.map(hostMount));
  return {
    name,
    about: "node-exporter on every Linux node: processors, memory, disks, network.",
    source: "generators/node-exporter/index.ts",
    objects: [
      new DaemonSet({
        metadata,
        spec: {
          selector: { matchLabels: selector(name) },
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%" } },
          template: {
            metadata: { labels: labels(name, "exporter") },
            spec: {
              automountServiceAccountToken: false,
              // Network metrics are those of the host only in the host's own network namespace, processes likewise.
              hostNetwork: true,
              hostPID: true,
              nodeSelector: { "kubernetes.io/os": "linux" },
              affinity: {
                nodeAffinity: {
                  requiredDuringSchedulingIgnoredDuringExecution: {
                    nodeSelectorTerms: [
                      {
                        matchExpressions: Object.entries(virtualNodes).map(([key, value]) => ({
                          key,
                          operator: "NotIn",
                          values: [value],
                        })),
                      },
                    ],
                  },
                },
              },
              priorityClassName: "system-node-critical",
              // A node in trouble, or one kept for others, is the one worth looking at.
              tolerations: [{ operator: "Exists" }],
              securityContext: restrictedPod,
              containers: [
                {
                  name,
                  image: reference(images.nodeExporter),
                  args: [
                    ...hostFolders.map(({ name, flag }) => `${flag}=/host/${name}`),
                    `--web.listen-address=:${port}`,
                    // Filesystems and devices of pods come and go with each pod: cAdvisor counts them by name.
                    `--collector.filesystem.mount-points-exclude=^(/(dev|proc|sys|run/credentials|run/netns)(/.*)?|${podMounts})$`,
                    "--collector.netclass.ignored-devices=^(veth.*|cali.*|lxc.*|[a-f0-9]{15})$",
                    "--collector.netdev.device-exclude=^(veth.*|cali.*|lxc.*|[a-f0-9]{15})$",
                  ],
                  ports: [{ name: portName, containerPort: port, hostPort: port }],
                  readinessProbe: { httpGet: { path: "/", port: portName } },
                  livenessProbe: { httpGet: { path: "/", port: portName }, periodSeconds: 30, timeoutSeconds: 5 },
                  resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "128Mi" } },
                  securityContext: restrictedContainer,
                  volumeMounts,
                },
              ],
              volumes,
            },
          },
        },
      }),
      new Service({
        metadata,
        spec: {
          clusterIP: "None",
          selector: selector(name),
          ports: [{ name: portName, port, targetPort: portName }],
        },
      }),
    ],
  };
}

function hostMount({ name, path }: (typeof hostFolders)[number]): Mount {
  return {
    volume: { name, hostPath: { path } },
    path: `/host/${name}`,
    // Mounts that the host makes later are seen too.
    options: { readOnly: true, mountPropagation: "HostToContainer" },
  };
}
