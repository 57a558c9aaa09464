import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import type { ISecretKeySelector } from "kubernetes-models/v1/SecretKeySelector";
import type { IVolume } from "kubernetes-models/v1/Volume";
import { because } from "../lib/because.js";
import { labels } from "../lib/labels.js";
import { type Mount, mounted } from "../lib/mounts.js";
import { placed } from "../lib/placed.js";
import { noServiceLinks } from "../lib/reasons.js";
import { restrictedContainer, restrictedPod } from "../lib/security.js";
import { webSecret } from "../prometheus/pod.js";
import type { Settings } from "../settings/index.js";
import { pulledImages, reference } from "../versions.js";
import { askedUsually, askedVariable, prometheusLogin } from "./config.js";
import { type Area, areas, type DashboardFile } from "./lib/dashboard.js";
import { paths } from "./paths.js";

export const name = "grafana";
export const port = { name: "http", number: 3000 } as const;
export const configMap = "grafana-config";

/** Secret with the keys `username` and `password` of the one who may do everything. */
const adminSecret = "grafana-admin";

/** The user of the official image. */
const user = 472;

/** Name of the ConfigMap of a dashboard. */
export function dashboardConfigMap(dashboard: string): string {
  return `grafana-dashboard-${dashboard}`;
}

/** Name of the ConfigMap of a dashboard of the user's own, by the name of its file. */
export function ownDashboardConfigMap(file: string): string {
  const name = file
    .replace(/\.json$/, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return dashboardConfigMap(`own-${name.replaceAll(/^-|-$/g, "")}`);
}

/**
 * Grafana's pod.
 *
 * @param dashboards all there are, also of jobs that are off
 * @param own names of the ConfigMaps of the user's own
 */
export function pod(
  settings: Settings,
  dashboards: readonly DashboardFile[],
  own: readonly string[] = [],
): IPodTemplateSpec {
  const { externalUrls } = settings;
  const { volumes, volumeMounts } = mounted([
    configured("config", "grafana.ini", paths.config),
    configured("datasources", "datasources.yml", paths.dataSources),
    configured("providers", "dashboards.yml", paths.providers),
    ...(Object.keys(areas) as Area[]).map((area) => dashboardsOf(area, dashboards)),
    ...(own.length > 0 ? [{ volume: projected("dashboards-own", own), path: paths.ownDashboards }] : []),
    {
      volume: because(
        { name: "data", emptyDir: { sizeLimit: "1Gi" } },
        "Users and what they chose: gone with the pod. Data source and dashboards come from ConfigMaps at every start.",
      ),
      path: paths.data,
    },
    {
      volume: because(
        { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
        "Plugins listen here, and the data source is one.",
      ),
      path: "/tmp",
    },
  ]);
  return {
    metadata: { labels: labels(name, "dashboards") },
    spec: because(
      {
        serviceAccountName: name,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        ...placed(settings),
        securityContext: { ...restrictedPod, runAsUser: user, runAsGroup: user, fsGroup: user },
        containers: [
          because(
            {
              name,
              image: reference(pulledImages.grafana, settings),
              env: [
                { name: "GF_PATHS_CONFIG", value: `${paths.config}/grafana.ini` },
                because(
                  { name: "GF_SERVER_ROOT_URL", ...(externalUrls.grafana && { value: externalUrls.grafana }) },
                  "Empty, Grafana takes the address that it is asked at. A path is the proxy's to strip.",
                ),
                { name: askedVariable, value: askedUsually },
                fromSecret("GF_SECURITY_ADMIN_USER", { name: adminSecret, key: "username" }),
                fromSecret("GF_SECURITY_ADMIN_PASSWORD", { name: adminSecret, key: "password" }),
                ...Object.entries(prometheusLogin).map(([key, variable]) =>
                  because(
                    fromSecret(variable, { name: webSecret, key, optional: true }),
                    "Only with components/basic-auth does Prometheus ask for it.",
                  ),
                ),
              ],
              ports: [{ name: port.name, containerPort: port.number }],
              startupProbe: {
                httpGet: { path: "/api/health", port: port.name },
                periodSeconds: 5,
                failureThreshold: 60,
              },
              readinessProbe: { httpGet: { path: "/api/health", port: port.name }, timeoutSeconds: 3 },
              livenessProbe: {
                httpGet: { path: "/api/health", port: port.name },
                periodSeconds: 30,
                timeoutSeconds: 10,
                failureThreshold: 5,
              },
              resources: { requests: { cpu: "50m", memory: "192Mi" }, limits: { memory: "512Mi" } },
              securityContext: restrictedContainer,
              volumeMounts,
            },
            { startupProbe: "Every start makes the database anew, which takes a busy node a minute or more." },
          ),
        ],
        volumes,
      },
      { enableServiceLinks: noServiceLinks, securityContext: "The user of the official image, who owns its folders." },
    ),
  };
}

/** One file of the ConfigMap, alone in a folder: the image keeps what it has beside it. */
function configured(volume: string, key: string, path: string): Mount {
  return { volume: { name: volume, configMap: { name: configMap, items: [{ key, path: key }] } }, path };
}

/** The dashboards of an area. Those of jobs that are off are not there, and come with what switches the job on. */
function dashboardsOf(area: Area, dashboards: readonly DashboardFile[]): Mount {
  const names = dashboards.filter((file) => file.area === area).map((file) => dashboardConfigMap(file.name));
  return {
    volume: because(
      projected(`dashboards-${area}`, names),
      "Optional, as a dashboard comes with the job that it reads.",
    ),
    path: paths.dashboards(area),
  };
}

/** A volume with what those ConfigMaps have that are there. */
function projected(name: string, configMaps: readonly string[]): IVolume {
  return { name, projected: { sources: configMaps.map((name) => ({ configMap: { name, optional: true } })) } };
}

function fromSecret(name: string, secretKeyRef: ISecretKeySelector): IEnvVar {
  return { name, valueFrom: { secretKeyRef } };
}
