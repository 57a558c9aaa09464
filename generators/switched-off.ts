import { selectors } from "../metrics/promql/selectors.js";
import { allDashboards } from "./grafana/dashboards/index.js";
import { remaining } from "./prometheus/rules/index.js";
import { jobsOff, withAllJobs } from "./prometheus/scrape/off.js";
import type { Settings } from "./settings/index.js";

/** What goes with the jobs that the settings have off. */
interface SwitchedOff {
  /** Why, by the names of the jobs. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Names of alerts without a rule that is left, of recording rules, and of dashboards. */
  readonly alerts: readonly string[];
  readonly records: readonly string[];
  readonly dashboards: readonly string[];
  /** Rules that only leave something out by such a job: they stay, and leave out less. */
  readonly stay: readonly string[];
}

/** What goes with the jobs that the settings have off, also of Components that no overlay lists. */
export function switchedOff(settings: Settings): SwitchedOff {
  const jobs = jobsOff(settings);
  if (jobs.size === 0) return { jobs, alerts: [], records: [], dashboards: [], stay: [] };
  const { files, gone, readsNothing } = remaining(settings);
  const left = files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
  const alerts = new Set(left.flatMap((rule) => ("alert" in rule ? rule.alert : [])));
  const boards = allDashboards(settings).map(({ name }) => name);
  return {
    jobs,
    alerts: unique(gone.flatMap(({ rule }) => ("alert" in rule && !alerts.has(rule.alert) ? rule.alert : []))),
    records: unique(gone.flatMap(({ rule }) => ("record" in rule ? rule.record : []))),
    dashboards: allDashboards(withAllJobs(settings)).flatMap(({ name }) => (boards.includes(name) ? [] : name)),
    stay: unique(
      left
        .filter(({ expr }) => selectors(expr).some(readsNothing))
        .map((rule) => ("alert" in rule ? rule.alert : rule.record)),
    ),
  };
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** The same in words, as a part of `base/README.md`; empty where nothing is off. */
export function switchedOffText(settings: Settings): string {
  const { jobs, alerts, records, dashboards, stay } = switchedOff(settings);
  if (jobs.size === 0) return "";
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ") || "none";
  return `
## Jobs that the settings have off

${[...jobs].map(([job, reason]) => `- \`${job}\`: ${reason}`).join("\n")}

Prometheus neither finds nor asks their targets, and may not. With them go, also where a Component would bring it:

- alerts: ${list(alerts)}
- recording rules: ${list(records)}
- dashboards: ${list(dashboards)}; on others, a panel without series says which job is off

These rules leave something out by what such a job tells. They stay, and leave out less: ${list(stay)}.

A program that only such a job asks runs on. An overlay removes it by a patch with \`$patch: delete\`.
`;
}
