import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../failure.js";
import { product } from "../../project.js";
import { parsed } from "../../rendered/prometheus.js";
import type { Finding } from "../check.js";
import { type Alert, alertsOf } from "./alerts.js";
import type { RuleCheck } from "./check.js";

/**
 * The part of promtool's test files that tells which alerts they are about.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
 */
export interface RuleTests {
  readonly tests?: readonly {
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts?: readonly unknown[];
    }[];
  }[];
}

/** Every alert has a test that sees it fire, and one that sees it silent. */
export const tests: RuleCheck = {
  name: "alert tests",
  async run({ all }) {
    const folder = join(product, "test/rules");
    const files = (await readdir(folder)).filter((file) => file.endsWith(".test.yml")).sort();
    const read = files.map(async (file) => {
      try {
        return parsed({ text: await readFile(join(folder, file), "utf8") }) as RuleTests;
      } catch (error) {
        throw new Failure(`test/rules/${file} is not YAML: ${(error as Error).message}`);
      }
    });
    return testFindings(alertsOf(all), await Promise.all(read));
  },
};

/** The alerts without a test that sees them fire, or without one that sees them silent. */
export function testFindings(alerts: readonly Alert[], files: readonly RuleTests[]): readonly Finding[] {
  const cases = files.flatMap(({ tests = [] }) => tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test));
  const firing = new Set(cases.flatMap(({ alertname, exp_alerts }) => (exp_alerts?.length ? [alertname] : [])));
  const silent = new Set(cases.flatMap(({ alertname, exp_alerts }) => (exp_alerts?.length ? [] : [alertname])));
  const sources = new Map(alerts.map(({ rule, source }) => [rule.alert, source]));
  return [...sources].flatMap(([alert, source]) => {
    const missing = (what: string): Finding => ({
      object: `${source}: alert ${alert}`,
      message: `has no test that sees it ${what}`,
      fix: "add one to the file of its subject in test/rules",
    });
    // vector(1) is never silent, and that it is not is the point of the Watchdog.
    const always = alerts.every(({ rule }) => rule.alert !== alert || /^vector\(\d+\)$/.test(rule.expr));
    return [
      ...(firing.has(alert) ? [] : [missing("fire")]),
      ...(silent.has(alert) || always ? [] : [missing("silent")]),
    ];
  });
}
