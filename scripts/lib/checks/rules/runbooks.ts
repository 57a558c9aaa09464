import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { product } from "../../project.js";
import type { Finding } from "../check.js";
import { type Alert, alertsOf } from "./alerts.js";
import type { RuleCheck } from "./check.js";

/** What people look for whom an alert woke, in this order. */
const sections = ["Meaning", "Impact", "Diagnosis", "Mitigation"];

/** Every alert has a runbook with all that it needs, and every runbook an alert. */
export const runbooks: RuleCheck = {
  name: "runbooks",
  async run({ all }) {
    const folder = join(product, "docs/runbooks");
    const files = await readdir(folder);
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    return runbookFindings(alertsOf(all), new Map(files.map((file, index) => [file, texts[index] ?? ""])));
  },
};

/**
 * What is wrong with the runbooks of these alerts.
 *
 * @param texts - the text of each file in docs/runbooks, by its name.
 */
export function runbookFindings(alerts: readonly Alert[], texts: ReadonlyMap<string, string>): readonly Finding[] {
  const sources = new Map(alerts.map(({ rule, source }) => [rule.alert, source]));
  const ofAlerts = [...sources].flatMap(([alert, source]): Finding[] => {
    const text = texts.get(`${alert}.md`);
    const object = `docs/runbooks/${alert}.md`;
    if (text === undefined) {
      return [{ object, message: "is not there", fix: `write it: ${source} has an alert of that name` }];
    }
    const found = [...text.matchAll(/^## (.+)$/gm)].map(([, title = ""]) => title.trim());
    const wrong = sections.filter((section) => !found.includes(section));
    const titled = text.startsWith(`# ${alert}\n`);
    return [
      ...(titled ? [] : [{ object, message: "does not begin with the alert's name", fix: `begin with "# ${alert}"` }]),
      ...wrong.map((section) => ({ object, message: `has no section ${section}`, fix: `add "## ${section}"` })),
    ];
  });
  const stale = [...texts.keys()]
    .filter((file) => file.endsWith(".md") && file !== "README.md" && !sources.has(file.slice(0, -".md".length)))
    .map((file) => ({ object: `docs/runbooks/${file}`, message: "is about no alert", fix: "delete or rename it" }));
  return [...ofAlerts, ...stale];
}
