import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { Base } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { mounted } from "../lib/mounts.js";
import { placed } from "../lib/placed.js";
import { noServiceLinks } from "../lib/reasons.js";
import { restrictedContainer, restrictedPod } from "../lib/security.js";
import type { Settings } from "../settings/index.js";
import { images, reference } from "../versions.js";
import { clusterCaFolder, config } from "./config.js";
import { blackboxExporterService as name, blackboxExporterPort as port } from "./port.js";

const configMap = "blackbox-exporter-config";
const configFolder = "/etc/blackbox-exporter/config";

/** blackbox-exporter: looks at URLs and Services from within the cluster, as whoever uses them does. */
export function blackboxExporter(settings: Settings): Base {
  const { namespace } = settings;
  const metadata = { name, namespace, labels: labels(name, "prober") };
  const { volumes, volumeMounts } = mounted([
    { volume: { name: "config", configMap: { name: configMap } }, path: configFolder },
    {
      volume: because(
        { name: "cluster-ca", configMap: { name: "kube-root-ca.crt" } },
        "Kubernetes puts this CA into every namespace. A prober needs no token, so it does not use the token's folder.",
      ),
      path: clusterCaFolder,
    },
  ]);
  return {
    name,
    about: "The prober: asks URLs and Services for Prometheus.",
    source: "generators/blackbox-exporter/index.ts",
    calls: ["anything"],
    objects: [
      new ServiceAccount({ metadata, automountServiceAccountToken: false }),
      explained(Deployment, {
        metadata,
        spec: {
          replicas: 1,
          selector: { matchLabels: selector(name) },
          template: {
            metadata: { labels: labels(name, "prober") },
            spec: because<IPodSpec>(
              {
                serviceAccountName: name,
                automountServiceAccountToken: false,
                enableServiceLinks: false,
                ...placed(settings),
                securityContext: restrictedPod,
                containers: [
                  because(
                    {
                      name,
                      image: reference(images.blackboxExporter, settings),
                      args: [
                        `--config.file=${configFolder}/blackbox.yml`,
                        "--config.enable-auto-reload",
                        `--web.listen-address=:${port.number}`,
                      ],
                      ports: [{ name: port.name, containerPort: port.number }],
                      readinessProbe: { httpGet: { path: "/-/healthy", port: port.name }, periodSeconds: 5 },
                      livenessProbe: {
                        httpGet: { path: "/-/healthy", port: port.name },
                        periodSeconds: 30,
                        timeoutSeconds: 5,
                      },
                      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
                      securityContext: restrictedContainer,
                      volumeMounts,
                    },
                    {
                      args: "enable-auto-reload: a changed ConfigMap is live within half a minute, without a restart.",
                    },
                  ),
                ],
                volumes,
              },
              { enableServiceLinks: noServiceLinks },
            ),
          },
        },
      }),
      new Service({
        metadata,
        spec: { selector: selector(name), ports: [{ name: port.name, port: port.number, targetPort: port.name }] },
      }),
    ],
    configMaps: [
      {
        name: configMap,
        namespace,
        labels: metadata.labels,
        folder: "",
        files: [{ name: "blackbox.yml", source: "generators/blackbox-exporter/config.ts", content: config(settings) }],
      },
    ],
  };
}
