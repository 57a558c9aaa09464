import type { Section } from "../docs/section.js";
import { table } from "../markdown-table.js";
import type { Endured } from "./endure.js";

/** What must not happen. The script prints it, and the test fails on it. */
export function objections({ unexpected, damage, queries, upAfter, fault, scrapeInterval }: Endured): string[] {
  // By then a replica that is ready has scraped everything twice.
  const longestUpAfter = 2 * scrapeInterval;
  const failed = queries?.failedAfterNotice ?? 0;
  return [
    ...unexpected.map((target) => `${fault.name}: samples of ${target} are missing from every replica`),
    ...damage.map((one) => `${fault.name}: ${one}`),
    ...(upAfter > longestUpAfter
      ? [
          `${fault.name}: all targets were up only ${seconds(upAfter)} after the pods: ${longestUpAfter} s are two scrapes`,
        ]
      : []),
    ...(failed > 0 ? [`${fault.name}: ${failed} queries failed after readiness had noticed`] : []),
  ];
}

/** The table of docs/reliability.md. */
export function reliabilityTable(all: readonly Endured[]): Section {
  const rows = all.map(({ fault, missing, queries, readyAfter, upAfter }) => [
    fault.name,
    lost(missing.map(({ job, inOne }) => [job, inOne])),
    lost(missing.map(({ job, inAll }) => [job, inAll])),
    queries === undefined ? "not asked" : `${queries.failed} of ${queries.asked}`,
    seconds(readyAfter),
    seconds(upAfter),
  ]);
  const header = [
    "Fault",
    "Missing in one replica",
    "Missing in both",
    "Failed queries",
    "Ready after",
    "Then all up after",
  ];
  return {
    file: "docs/reliability.md",
    name: "faults",
    text: table(header, rows),
    command: "npm run reliability",
  };
}

/** A document in which each row of the table that begins as one of the fresh ones is that one. */
export function renewed(document: string, fresh: string): string {
  const begin = (row: string) => row.split(" | ")[0] ?? "";
  const rows = new Map(fresh.split("\n").map((row) => [begin(row), row]));
  return document
    .split("\n")
    .map((line) => (line.startsWith("|") && rows.get(begin(line))) || line)
    .join("\n");
}

/** Jobs that lost the same are named together. */
function lost(jobs: readonly (readonly [job: string, seconds: number])[]): string {
  const bySeconds = new Map<string, string[]>();
  for (const [job, missing] of jobs) {
    if (missing > 0) bySeconds.set(seconds(missing), [...(bySeconds.get(seconds(missing)) ?? []), job]);
  }
  if (bySeconds.size === 0) return "nothing";
  return [...bySeconds]
    .map(([text, names]) => `${text} of ${names.length === jobs.length ? "every job" : names.join(", ")}`)
    .join("; ");
}

function seconds(value: number): string {
  return `${Math.round(value)} s`;
}
