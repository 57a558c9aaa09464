import { isGone } from "../../../metrics/promql/gone.js";
import type { Selector } from "../../../metrics/promql/selectors.js";
import { withoutVariables } from "../../../metrics/promql/variables.js";
import { remaining } from "../../prometheus/rules/index.js";
import { jobsOff } from "../../prometheus/scrape/off.js";
import type { Settings } from "../../settings/index.js";
import type { DashboardFile } from "../lib/dashboard.js";
import type { Panel, Row } from "../lib/sdk.js";

/**
 * Dashboards while the settings have jobs off. A dashboard goes when none of its panels is left. On others, an empty panel says why.
 */
export function withoutJobs(files: readonly DashboardFile[], settings: Settings): readonly DashboardFile[] {
  const off = jobsOff(settings);
  if (off.size === 0) return files;
  const { readsNothing } = remaining(settings);
  return files.flatMap((file) => {
    const panels = file.dashboard.panels.map((panel) => told(panel, file.jobs, off, readsNothing));
    const reading = panels.filter(isPanel).filter(({ targets }) => targets.length > 0);
    if (reading.every((panel) => emptied(panel, readsNothing))) return [];
    const jobs = file.jobs.filter((job) => !off.has(job));
    return [{ ...file, jobs, dashboard: { ...file.dashboard, panels } }];
  });
}

/** A panel that lacks some of its series says so in its description, one that lacks all of them in their place. */
function told(
  panel: Panel | Row,
  jobs: readonly string[],
  off: ReadonlyMap<string, string>,
  readsNothing: (selector: Selector) => boolean,
): Panel | Row {
  if (!isPanel(panel) || !panel.targets.some((target) => isEmpty(target, readsNothing))) return panel;
  const why = jobs.flatMap((job) => (off.has(job) ? [`Job ${job} is off: ${off.get(job)}`] : [])).join(" ");
  const { overrides = [], defaults = {} } = panel.fieldConfig ?? {};
  return {
    ...panel,
    description: `${panel.description} ${why}`,
    ...(emptied(panel, readsNothing) && {
      fieldConfig: { overrides, defaults: { ...defaults, noValue: why } },
    }),
  };
}

function isPanel(panel: Panel | Row): panel is Panel {
  return "targets" in panel;
}

function emptied({ targets }: Panel, readsNothing: (selector: Selector) => boolean): boolean {
  return targets.every((target) => isEmpty(target, readsNothing));
}

/** How far a query looks back does not matter here. */
function isEmpty({ expr }: Panel["targets"][number], readsNothing: (selector: Selector) => boolean): boolean {
  return isGone(withoutVariables(expr, 60_000), readsNothing);
}
