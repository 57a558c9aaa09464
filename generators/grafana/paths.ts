import type { Area } from "./lib/dashboard.js";

/** Folders in Grafana's container. */
export const paths = {
  config: "/etc/grafana/config",
  dataSources: "/etc/grafana/provisioning/datasources",
  providers: "/etc/grafana/provisioning/dashboards",
  data: "/var/lib/grafana",
  /** Those of the user's own. */
  ownDashboards: "/etc/grafana/dashboards/own",
  /** One for each area: Grafana follows the links of a mounted ConfigMap to files, but not to folders. */
  dashboards: (area: Area) => `/etc/grafana/dashboards/${area}`,
} as const;

/** Folder below the Component's own that has the dashboards of the user's own. */
export const ownDashboardFolder = "dashboards/own";
