import { platforms } from "../../../generators/platforms/index.js";
import { type Platform, platformJobs } from "../../../generators/platforms/types.js";
import { allJobs } from "../../../generators/prometheus/scrape/applications.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { projectSettings } from "../../../scripts/lib/settings.js";
import { table } from "../markdown-table.js";
import type { Section } from "./section.js";

const file = "docs/platforms.md";

/** Every job on every platform: on, off, or on where the user says so. */
export function matrixSection(): Section {
  const core = scrapeJobs(projectSettings()).map(({ config }) => config.job_name);
  const rows = allJobs(projectSettings()).map(({ config: { job_name } }) => [
    `\`${job_name}\``,
    ...platforms.map((platform) => cell(platform, job_name, core)),
  ]);
  const proofs = ["proven", ...platforms.map(({ proven }) => proven)];
  return {
    file,
    name: "matrix",
    text: table(["Job", ...platforms.map(({ title }) => title)], [...rows, proofs]),
  };
}

function cell({ verdicts }: Platform, job: string, core: readonly string[]): string {
  if (core.includes(job)) return "on";
  const own = platformJobs.find((one) => one === job);
  if (own === undefined) return "as you like";
  return verdicts[own].on ? "on" : "off";
}

/** For each platform why a job is off, or what has to be done for it to be up, and where that is from. */
export function reasonsSection(): Section {
  const parts = platforms.map((platform) => {
    const rows = platformJobs.map((job) => {
      const { on, why } = platform.verdicts[job];
      return [`\`${job}\``, on ? "on" : "off", on ? why || "nothing to do" : why];
    });
    const sources = platform.sources.map((source) => `- <${source}>`).join("\n");
    const heading = `### ${platform.title}\n\n\`components/platform-${platform.name}\`, proven ${platform.proven}.`;
    return `${heading}\n\n${table(["Job", "", "Why it is off, or what it needs"], rows)}\n\n${sources}`;
  });
  return { file, name: "reasons", text: parts.join("\n\n") };
}
