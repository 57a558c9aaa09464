import { silent } from "../../../generators/alertmanager/config.js";
import { ruleFiles } from "../../../generators/prometheus/rules/index.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { kubeScheduler } from "../../../generators/prometheus/scrape/kube-scheduler.js";
import { milliseconds } from "../../../generators/settings/index.js";
import { projectSettings } from "../../../scripts/lib/settings.js";
import { table } from "../markdown-table.js";
import type { Drill } from "./index.js";
import { forSeconds, groupWaitSeconds } from "./quick.js";
import type { Scenario } from "./scenarios.js";

/** Seconds from each scenario to its notification: as the drill measured them, and with what the bundle waits in its place. */
export function deliveryTable({ told }: Drill): string {
  const groupWait = secondsOf(silent(projectSettings()).route.group_wait);
  const rows = told.map(({ scenario, secondsToNotification, secondsToResolved }) => {
    const waits = secondsOf(ruleOf(scenario).for);
    const withWaits = secondsToNotification - forSeconds - groupWaitSeconds + waits + groupWait;
    const numbers = [secondsToNotification, waits, withWaits, secondsToResolved].map((seconds) => seconds.toFixed(0));
    return [scenario.what, `${scenario.alert} (${scenario.severity})`, ...numbers];
  });
  const header = ["Fault", "Alert", "Notified after", "`for`", "With the bundle's waits", "Resolved after"];
  return table(header, rows);
}

function ruleOf({ alert, severity }: Scenario) {
  const jobs = [...scrapeJobs(projectSettings()), kubeScheduler()].map(({ config }) => config.job_name);
  const rules = ruleFiles(projectSettings(), jobs).flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  const found = rules.find((rule) => "alert" in rule && rule.alert === alert && rule.labels.severity === severity);
  if (found === undefined || !("alert" in found)) throw new Error(`there is no alert ${alert} of severity ${severity}`);
  return found;
}

function secondsOf(duration: string | undefined): number {
  return duration === undefined ? 0 : milliseconds(duration) / 1000;
}
