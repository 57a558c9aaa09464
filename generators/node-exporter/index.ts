import { DaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { Service } from "kubernetes-models/v1/Service";
import type { Base } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { type Mount, mounted } from "../lib/mounts.js";
import { onEveryMachine } from "../lib/on-every-machine.js";
import { pulled } from "../lib/placed.js";
import { restrictedContainer, restrictedPod } from "../lib/security.js";
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
export function nodeExporter(settings: Settings): Base {
  const { namespace } = settings;
  const { port } = settings.nodeExporter;
  const metadata = { name, namespace, labels: labels(name, "exporter") };
  const { volumes, volumeMounts } = mounted(hostFolders.map(hostMount));
  return {
    name,
    about: "node-exporter on every Linux node: processors, memory, disks, network.",
    source: "generators/node-exporter/index.ts",
    objects: [
      explained(DaemonSet, {
        metadata,
        spec: {
          selector: { matchLabels: selector(name) },
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%" } },
          template: {
            metadata: { labels: labels(name, "exporter") },
            spec: because<IPodSpec>(
              {
                automountServiceAccountToken: false,
                hostNetwork: true,
                hostPID: true,
                ...pulled(settings),
                ...onEveryMachine,
                securityContext: restrictedPod,
                containers: [
                  because(
                    {
                      name,
                      image: reference(images.nodeExporter, settings),
                      args: nodeExporterArguments(settings),
                      ports: [{ name: portName, containerPort: port, hostPort: port }],
                      readinessProbe: { httpGet: { path: "/", port: portName } },
                      livenessProbe: { httpGet: { path: "/", port: portName }, periodSeconds: 30, timeoutSeconds: 5 },
                      resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "128Mi" } },
                      securityContext: restrictedContainer,
                      volumeMounts,
                    },
                    {
                      args: "Filesystems and devices of pods come and go with each pod: cAdvisor counts them by name.",
                      volumeMounts: "HostToContainer: mounts that the host makes later are seen too.",
                    },
                  ),
                ],
                volumes,
              },
              {
                hostNetwork:
                  "Only in the host's own network namespace are network metrics those of the host. The same holds for processes.",
              },
            ),
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

/** What node-exporter is told. A patch replaces the list as a whole. */
export function nodeExporterArguments({ nodeExporter, cluster }: Settings): string[] {
  return [
    ...hostFolders.map(({ name, flag }) => `${flag}=/host/${name}`),
    `--web.listen-address=:${nodeExporter.port}`,
    `--collector.filesystem.mount-points-exclude=^(/(dev|proc|sys|run/credentials|run/netns)(/.*)?|${cluster.podMounts})$`,
    "--collector.netclass.ignored-devices=^(veth.*|cali.*|lxc.*|[a-f0-9]{15})$",
    "--collector.netdev.device-exclude=^(veth.*|cali.*|lxc.*|[a-f0-9]{15})$",
  ];
}

function hostMount({ name, path }: (typeof hostFolders)[number]): Mount {
  return {
    volume: { name, hostPath: { path } },
    path: `/host/${name}`,
    options: { readOnly: true, mountPropagation: "HostToContainer" },
  };
}
