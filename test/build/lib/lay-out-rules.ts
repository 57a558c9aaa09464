import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatedYaml } from "../../../generators/lib/text.js";
import { allRuleFiles } from "../../../generators/prometheus/rules/index.js";
import { withRunbooks } from "../../../generators/prometheus/rules/runbook.js";
import type { Settings } from "../../../generators/settings/index.js";
import type { HistogramForm } from "../../../metrics/promql/histogram.js";
import { root } from "../../../scripts/lib/project.js";

/**
 * Lays the rules of every subject, and promtool's tests of them, into a new folder that is shaped as the project is.
 * `base/` has no rules of jobs that are off: their tests would find nothing there.
 *
 * @returns the folder, which the caller removes; the tests are in its `test/rules`, the rules where those look for them
 */
export async function layOutRules(settings: Settings, form: HistogramForm = "classic"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-rules-"));
  const rules = join(folder, "base/prometheus/rules");
  await mkdir(rules, { recursive: true });
  for (const file of allRuleFiles(settings, form)) {
    const text = generatedYaml(file.source, withRunbooks(file, settings.runbooks));
    await writeFile(join(rules, `${file.subject}.yml`), text);
  }
  await cp(join(root, "test/rules"), join(folder, "test/rules"), { recursive: true });
  return folder;
}
