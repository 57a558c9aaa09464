import { Deployment, type IDeployment } from "kubernetes-models/apps/v1/Deployment";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { beforeJobs, policiesOf } from "../components/network-policies.js";
import { edges } from "../derive/edges.js";
import type { Component, ConfigMapFiles, Feature } from "../lib/component.js";
import { labels, selector } from "../lib/labels.js";
import { merging } from "../lib/patch.js";
import { scrapeJobs } from "../prometheus/scrape/index.js";
import type { Settings } from "../settings/index.js";
import { dataSources, ini, providers } from "./config.js";
import { allDashboards, linked } from "./dashboards/index.js";
import type { DashboardFile } from "./lib/dashboard.js";
import { configMap, dashboardConfigMap, name, pod, port } from "./pod.js";

/**
 * Grafana with Prometheus as its data source and the dashboards of every job that is on. Who wants in has to log in.
 *
 * @param itself made anew where it is not at hand, which takes a moment: its dashboards are long
 */
export function grafana(settings: Settings, itself = component(settings)): Feature {
  const { source, objects, configMaps = [] } = itself;
  return { name, source, objects, configMaps };
}

/**
 * Grafana that lets everybody look, and nobody change anything: for a cluster whose every user may see all of it. There
 * is nobody to log in as, so it needs no Secret.
 */
export function grafanaAnonymousViewer({ namespace }: Settings): Feature {
  return {
    name: "grafana-anonymous-viewer",
    source: "generators/grafana/index.ts",
    includes: [name],
    patches: [
      merging<IDeployment>("pod", {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name, namespace },
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name,
                  env: [
                    { name: "GF_SECURITY_ADMIN_USER", $patch: "delete" },
                    { name: "GF_SECURITY_ADMIN_PASSWORD", $patch: "delete" },
                    { name: "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION", value: "true" },
                    { name: "GF_AUTH_ANONYMOUS_ENABLED", value: "true" },
                    { name: "GF_AUTH_ANONYMOUS_ORG_ROLE", value: "Viewer" },
                    { name: "GF_AUTH_DISABLE_LOGIN_FORM", value: "true" },
                  ],
                },
              ],
            },
          },
        },
      }),
    ],
  };
}

/**
 * Lets Grafana's connections through where `components/network-policies` lets none through: a Component of its own, since
 * a policy of Prometheus without the others would cut Prometheus off.
 *
 * @param others the components that are there without Grafana
 * @param itself as for {@link grafana}
 */
export function grafanaNetworkPolicies(
  settings: Settings,
  others: readonly Component[],
  itself = component(settings),
): Feature {
  const all = [...others, itself];
  const known = new Set(edges(others, [], "prometheus").map((edge) => JSON.stringify(edge)));
  const needed = edges(all, [], "prometheus").filter((edge) => !known.has(JSON.stringify(edge)));
  return {
    name: "grafana-network-policies",
    source: "generators/grafana/index.ts",
    patches: [beforeJobs],
    objects: policiesOf(all, needed, settings.namespace, (one) => (one === name ? name : `${one}-from-${name}`)),
  };
}

/** Grafana as a component: what it consists of, and whom it calls. */
export function component(settings: Settings): Component {
  const { namespace } = settings;
  const metadata = { name, namespace, labels: labels(name, "dashboards") };
  const dashboards = allDashboards(settings);
  const files = linked(
    dashboards,
    scrapeJobs(settings).map(({ config }) => config.job_name),
  );
  return {
    name,
    source: "generators/grafana/index.ts",
    calls: [{ component: "prometheus", port: "http" }],
    callers: { [port.name]: ["admitted"] },
    objects: [
      new ServiceAccount({ metadata, automountServiceAccountToken: false }),
      new Deployment({
        metadata,
        spec: {
          replicas: 1,
          // Each has a database of its own: who logged in at one would be unknown to the other.
          strategy: { type: "Recreate" },
          selector: { matchLabels: selector(name) },
          template: pod(dashboards),
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
        // Grafana reads these when it starts; dashboards it looks for again and again.
        restarts: true,
        folder: "",
        files: [ini(), dataSources(settings), providers()],
      },
      ...files.map((file) => dashboardFiles(file, namespace)),
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
