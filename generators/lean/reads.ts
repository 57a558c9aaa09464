import { dashboardReads } from "../../metrics/dashboard.js";
import { type Read, ruleReads } from "../../metrics/keep-list.js";
import { allDashboards } from "../grafana/dashboards/index.js";
import { bridged } from "../prometheus/rules/bridge.js";
import { allRuleFiles } from "../prometheus/rules/index.js";
import type { Settings } from "../settings/index.js";
import { askedByHand } from "./asked-by-hand.js";

/** Everything that somebody reads, also of jobs that are off: rules, dashboards, people, and what the settings add. */
export function reads(settings: Settings): readonly Read[] {
  const { names, expressions } = settings.lean;
  return [
    ...allRuleFiles(settings).flatMap((file) => bridged(file).groups.flatMap(({ rules }) => rules.flatMap(ruleReads))),
    ...allDashboards(settings).flatMap(({ dashboard }) => dashboardReads(dashboard)),
    ...Object.entries(askedByHand).flatMap(([reader, all]) => all.map((expr) => ({ expr, reader }))),
    ...names.map((expr) => ({ expr, reader: "setting lean.names" })),
    ...expressions.map((expr) => ({ expr, reader: "setting lean.expressions" })),
  ];
}
