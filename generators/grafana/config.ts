import { milliseconds } from "../../metrics/duration.js";
import type { ConfigFile } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import type { Ini } from "../lib/text.js";
import { port as prometheusPort } from "../prometheus/pod.js";
import type { Settings } from "../settings/index.js";
import { images, versionOf } from "../versions.js";
import { type Area, areas } from "./lib/dashboard.js";
import { paths } from "./paths.js";

const source = "generators/grafana/config.ts";

/** Variables with which Grafana logs in at Prometheus, by the key of the Secret that each comes from. */
export const prometheusLogin = { username: "PROMETHEUS_USERNAME", password: "PROMETHEUS_PASSWORD" } as const;

/** Variable with the address that Grafana asks, which `components/thanos` changes. */
export const askedVariable = "PROMETHEUS_URL";

/** Prometheus, by the short name of its Service. */
export const askedUsually = `http://prometheus:${prometheusPort.number}`;

/**
 * grafana.ini. What is not said here is as Grafana has it by default.
 *
 * Source: https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
 */
export function ini(): ConfigFile {
  const content: Ini = {
    // Neither the server nor its pages ask the internet for anything.
    analytics: {
      reporting_enabled: false,
      check_for_updates: false,
      check_for_plugin_updates: false,
      feedback_links_enabled: false,
    },
    news: { news_feed_enabled: false },
    security: { disable_gravatar: true },
    snapshots: { external_enabled: false },
    plugins: {
      // Grafana would replace the plugins of its image by newer ones at every start. On a read-only root that ends the
      // running one and fails: the data source is gone.
      preinstall_disabled: true,
      plugin_admin_enabled: false,
      public_key_retrieval_disabled: true,
    },
    // Alerts are Prometheus' own, and Alertmanager tells of them.
    unified_alerting: { enabled: false },
    users: { allow_sign_up: false, default_theme: "system" },
    "auth.anonymous": { enabled: false },
    dashboards: { default_home_dashboard_path: `${paths.dashboards("cluster")}/cluster.json` },
    log: { mode: "console" },
  };
  return { name: "grafana.ini", source, content };
}

/** The one data source: Prometheus, or what answers in its place. */
export function dataSources(settings: Settings): ConfigFile {
  return {
    name: "datasources.yml",
    source,
    content: {
      apiVersion: 1,
      prune: true,
      datasources: [
        because(
          {
            name: "Prometheus",
            uid: "prometheus",
            type: "prometheus",
            access: "proxy",
            url: `$${askedVariable}`,
            basicAuth: true,
            basicAuthUser: `$${prometheusLogin.username}`,
            secureJsonData: { basicAuthPassword: `$${prometheusLogin.password}` },
            isDefault: true,
            editable: false,
            jsonData: because(
              {
                httpMethod: "POST",
                timeInterval: slowest(settings),
                prometheusType: "Prometheus",
                prometheusVersion: versionOf(images.prometheus),
                manageAlerts: false,
              },
              {
                httpMethod: "A long query does not fit into an address.",
                timeInterval: "$__rate_interval is four times this.",
              },
            ),
          },
          { basicAuth: "The variables are empty where Prometheus has no login, and it then ignores them." },
        ),
      ],
    },
  };
}

/** The interval of the job that is scraped least often: with four of these, every rate has samples. */
export function slowest({ scrape: { interval }, jobs }: Settings): string {
  const all = [interval, ...Object.values(jobs).map((job) => job.scrapeInterval ?? interval)];
  return all.reduce((longest, one) => (milliseconds(one) > milliseconds(longest) ? one : longest));
}

/**
 * Where the dashboards are: a folder of Grafana for each area.
 *
 * @param withOwn whether there is one for the user's own, too
 */
export function providers(withOwn = false): ConfigFile {
  const folders = [
    ...(Object.keys(areas) as Area[]).map((area) => ({
      name: area,
      folder: areas[area],
      path: paths.dashboards(area),
    })),
    ...(withOwn ? [{ name: "own", folder: "Own", path: paths.ownDashboards }] : []),
  ];
  return {
    name: "dashboards.yml",
    source,
    content: {
      apiVersion: 1,
      providers: folders.map(({ name, folder, path }) =>
        because(
          {
            name,
            folder,
            folderUid: `plain-prometheus-${name}`,
            type: "file",
            allowUiUpdates: false,
            updateIntervalSeconds: 30,
            options: { path },
          },
          { updateIntervalSeconds: "A changed ConfigMap is there within a minute, and shown half a minute later." },
        ),
      ),
    },
  };
}
