import type { Settings } from "../../settings.js";
import { targets } from "./targets.js";
import type { RuleFile } from "./types.js";

/** The rules of every subject whose jobs are on. A subject of your own is one more file and one more line here. */
export function ruleFiles(settings: Settings, jobs: readonly string[]): readonly RuleFile[] {
  return [targets(settings)].filter((file) => file.jobs.every((job) => jobs.includes(job)));
}
