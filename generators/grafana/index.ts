import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import type { IDeploymentSpec } from "kubernetes-models/apps/v1/DeploymentSpec";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { Base, ConfigFile, ConfigMapFiles } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { scrapeJobs } from "../prometheus/scrape/index.js";
import type { Settings } from "../settings/index.js";
import { dataSources, ini, providers } from "./config.js";
import { allDashboards, linked } from "./dashboards/index.js";
import type { DashboardFile } from "./lib/dashboard.js";
import { ownDashboardFolder } from "./paths.js";
import { configMap, dashboardConfigMap, name, ownDashboardConfigMap, pod, port } from "./pod.js";

/**
 * Grafana as a base: what it consists of, and whom it calls.
 *
 * @param own dashboards of the user's own
 */
export function grafana(settings: Settings, own: readonly ConfigFile[] = []): Base {
  const { namespace } = settings;
  const metadata = { name, namespace, labels: labels(name, "dashboards") };
  const dashboards = allDashboards(settings);
  const files = linked(
    dashboards,
    scrapeJobs(settings).map(({ config }) => config.job_name),
  );
  return {
    name,
    about: "Grafana, with Prometheus as its data source.",
    source: "generators/grafana/index.ts",
    calls: [{ base: "prometheus", port: "http" }],
    callers: { [port.name]: ["admitted"] },
    objects: [
      new ServiceAccount({ metadata, automountServiceAccountToken: false }),
      explained(Deployment, {
        metadata,
        spec: because<IDeploymentSpec>(
          {
            replicas: 1,
            strategy: { type: "Recreate" },
            selector: { matchLabels: selector(name) },
            template: pod(
              settings,
              dashboards,
              own.map((file) => ownDashboardConfigMap(file.name)),
            ),
          },
          { strategy: "Each replica has a database of its own, and would not know who logged in at the other." },
        ),
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
        // Grafana reads these when it starts; dashboards it looks for again and again.
        restarts: true,
        folder: "",
        files: [ini(), dataSources(settings), providers(own.length > 0)],
      },
      ...files.map((file) => dashboardFiles(file, namespace)),
      ...own.map((file) => ({
        name: ownDashboardConfigMap(file.name),
        namespace,
        labels: metadata.labels,
        folder: ownDashboardFolder,
        files: [file],
      })),
    ],
  };
}

/** The ConfigMap of one dashboard. */
export function dashboardFiles(
  { name: dashboard, source, area, dashboard: content }: DashboardFile,
  namespace: string,
): ConfigMapFiles {
  return {
    name: dashboardConfigMap(dashboard),
    namespace,
    labels: labels(name, "dashboards"),
    folder: `dashboards/${area}`,
    files: [{ name: `${dashboard}.json`, source, content }],
  };
}
