import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IStatefulSetSpec } from "kubernetes-models/apps/v1/StatefulSetSpec";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { IServiceSpec } from "kubernetes-models/v1/ServiceSpec";
import type { Base, ConfigFile, ConfigMapFiles } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import type { Settings } from "../settings/index.js";
import { silent } from "./config.js";
import { alertmanagerName as name, peersService, pod, ports } from "./pod.js";
import type { AlertmanagerConfig } from "./types.js";

/** Alertmanager: takes Prometheus' alerts, and tells the receivers of an overlay, or nobody. */
export function alertmanager(settings: Settings): Base {
  const { namespace } = settings;
  const metadata = { name, namespace, labels: labels(name, "alerting") };
  return {
    name,
    about: "Alertmanager: groups alerts, and tells people.",
    source: "generators/alertmanager/index.ts",
    objects: [
      new ServiceAccount({ metadata, automountServiceAccountToken: false }),
      explained(StatefulSet, {
        metadata,
        spec: because<IStatefulSetSpec>(
          {
            replicas: 1,
            serviceName: peersService,
            selector: { matchLabels: selector(name) },
            podManagementPolicy: "Parallel",
            template: pod(settings, { data: { emptyDir: {} } }),
          },
          {
            podManagementPolicy: "Replicas do not wait for each other: alerts do not wait either.",
            template:
              "Silences are in an emptyDir and live as long as the pod: components/alertmanager-ha keeps them on volumes.",
          },
        ),
      }),
      new Service({
        metadata,
        spec: { selector: selector(name), ports: [{ name: "http", port: ports.http, targetPort: "http" }] },
      }),
      explained(Service, {
        metadata: { ...metadata, name: peersService },
        spec: because<IServiceSpec>(
          {
            clusterIP: "None",
            publishNotReadyAddresses: true,
            selector: selector(name),
            ports: [
              { name: "gossip-tcp", port: ports.gossip, targetPort: "gossip-tcp" },
              { name: "gossip-udp", port: ports.gossip, targetPort: "gossip-udp", protocol: "UDP" },
            ],
          },
          {
            clusterIP: "Its name gives the address of each replica, in place of one for all.",
            publishNotReadyAddresses: "Replicas look for each other before any of them is ready.",
          },
        ),
      }),
    ],
    configMaps: [configFiles(silent(settings), "generators/alertmanager/config.ts", namespace)],
    calls: ["name servers", "receivers"],
    callers: { http: ["admitted"], "gossip-tcp": [name], "gossip-udp": [name] },
  };
}

/** The ConfigMap with alertmanager.yml. */
export function configFiles(content: AlertmanagerConfig, source: string, namespace: string): ConfigMapFiles {
  return configMap([{ name: "alertmanager.yml", source, content }], "", namespace);
}

/** Files of the ConfigMap that Alertmanager reads its configuration from, and the folder of theirs that they are in. */
export function configMap(files: readonly ConfigFile[], folder: string, namespace: string): ConfigMapFiles {
  return {
    name: "alertmanager-config",
    namespace,
    labels: labels(name, "alerting"),
    // Alertmanager reads its configuration when it starts or is told to reload. Nobody here tells it.
    restarts: true,
    folder,
    files,
  };
}
