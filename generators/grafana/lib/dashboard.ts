import type { Draft } from "./panels.js";
import type { Dashboard, DashboardLink, Panel, Row } from "./sdk.js";
import { type Narrowing, variables } from "./variables.js";

/** Folders of Grafana, by the folder's name in `base/`: what its dashboards are about. */
export const areas = {
  cluster: "Cluster",
  nodes: "Nodes",
  workloads: "Workloads",
  "control-plane": "Control plane",
  monitoring: "Monitoring",
} as const;

export type Area = keyof typeof areas;

/** A dashboard as its file describes it. */
export interface DashboardPlan {
  /** Name of its file, and the end of its uid. */
  readonly name: string;
  /** The generator that wrote it, from the root of the project. */
  readonly source: string;
  readonly area: Area;
  readonly title: string;
  readonly description: string;
  /** The jobs whose series it reads: where one is off, the dashboard is not there. */
  readonly jobs: readonly string[];
  /** What narrows it, beside the cluster. */
  readonly narrowedBy?: readonly Exclude<Narrowing, "cluster">[];
  /** Dashboards that say more, by name. */
  readonly seeAlso?: readonly string[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly Draft[] }[];
}

/** A dashboard as Grafana reads it, and what Grafana does not need to know. */
export interface DashboardFile extends Pick<DashboardPlan, "name" | "source" | "area" | "jobs"> {
  readonly dashboard: Dashboard;
  /** Why a panel may have no series in a healthy cluster, by its title. */
  readonly mayBeEmpty: ReadonlyMap<string, string>;
  /** Titles of the panels that show all, however the dashboard is narrowed. */
  readonly ofAll: ReadonlySet<string>;
}

/** Tag of every dashboard of this project, by which they list one another. */
const commonTag = "plain-prometheus";

/** Address of a dashboard within Grafana. */
export function addressOf(name: string): string {
  return `/d/${uidOf(name)}`;
}

/** Address of a dashboard with a variable set to what stands in a table's cell. */
export function addressWith(name: string, variable: Narrowing): string {
  return `${addressOf(name)}?var-${variable}=\${__value.raw}&\${datasource:queryparam}&\${cluster:queryparam}&\${__url_time_range}`;
}

function uidOf(name: string): string {
  return `${commonTag}-${name}`;
}

/** The dashboard of a plan: its panels in rows of 24 columns, from left to right. */
export function dashboardFile(plan: DashboardPlan): DashboardFile {
  const { name, source, area, title, description, jobs, narrowedBy = [], seeAlso = [], rows } = plan;
  const drafts = rows.flatMap(({ panels }) => panels);
  return {
    name,
    source,
    area,
    jobs,
    mayBeEmpty: new Map(
      drafts.flatMap(({ panel, mayBeEmpty }) => (mayBeEmpty === undefined ? [] : [[panel.title ?? "", mayBeEmpty]])),
    ),
    ofAll: new Set(drafts.flatMap(({ panel, ofAll }) => (ofAll === undefined ? [] : (panel.title ?? "")))),
    dashboard: {
      uid: uidOf(name),
      title,
      description,
      tags: [commonTag, area],
      schemaVersion: 42,
      // What is changed in the browser could not be saved: the files win.
      editable: false,
      graphTooltip: 1,
      refresh: "1m",
      time: { from: "now-1h", to: "now" },
      timezone: "browser",
      annotations: { list: [] },
      templating: { list: variables(narrowedBy) },
      links: [...seeAlso.map(linkTo), allOfThem],
      panels: placed(rows, `No series: do the targets of ${jobs.join(" and ") || "Prometheus"} answer?`),
    },
  };
}

const linking = { asDropdown: false, includeVars: true, keepTime: true, targetBlank: false, tags: [], tooltip: "" };

function linkTo(name: string): DashboardLink {
  const words = name.replaceAll("-", " ");
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return { ...linking, type: "link", title, icon: "dashboard", url: addressOf(name) };
}

const allOfThem: DashboardLink = {
  ...linking,
  type: "dashboards",
  title: "All dashboards",
  icon: "external link",
  asDropdown: true,
  tags: [commonTag],
};

const columns = 24;

function placed(rows: DashboardPlan["rows"], usuallyEmpty: string): (Panel | Row)[] {
  const all: (Panel | Row)[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    all.push({
      type: "row",
      id: all.length + 1,
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: columns, h: 1 },
    });
    y += 1;
    let [x, lineHeight] = [0, 0];
    for (const { panel, width, height, empty } of panels) {
      if (x + width > columns) [x, y, lineHeight] = [0, y + lineHeight, 0];
      all.push({
        ...panel,
        id: all.length + 1,
        gridPos: { x, y, w: width, h: height },
        fieldConfig: {
          overrides: panel.fieldConfig?.overrides ?? [],
          defaults: { ...panel.fieldConfig?.defaults, noValue: empty ?? usuallyEmpty },
        },
      });
      x += width;
      lineHeight = Math.max(lineHeight, height);
    }
    y += lineHeight;
  }
  return all;
}
