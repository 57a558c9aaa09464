import { styleText } from "node:util";
import type { Bill } from "../bill.js";
import { ratio } from "../sections.js";
import type { Replayed } from "./index.js";

/** So many series may be kept for one of a name that is read, with everything that makes the stack cheap. */
export const mostWaste = 1.05;

/** Waste by name, of jobs that are read. Jobs that nobody reads are kept whole, for people who look by hand. */
export function wasteOfRead({ jobs }: Bill): number {
  const read = jobs.filter(({ named }) => named > 0);
  const total = (key: "kept" | "named") => read.reduce((all, job) => all + job[key], 0);
  return total("kept") / total("named");
}

/** What came of a replay: each query that differs by its name, and the verdict last. */
export function printedReplay({ queries, answered, differences, excused }: Replayed, waste: number): string {
  const lost = differences.map(
    ({ kind, of, name, expression, message }) =>
      `${styleText("red", "differs")} ${kind} ${name} (${of}): ${message}\n        ${expression.replaceAll("\n", " ")}`,
  );
  const reasons = new Map<string, number>();
  for (const { why } of excused) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  const same = queries - differences.length;
  return [
    ...lost,
    ...[...reasons].map(([why, count]) => `${count} compared by their labels alone: ${why}`),
    `${same} of ${queries} queries give the same in both forms; ${answered} of them gave something`,
    waste > mostWaste
      ? styleText("red", `waste by name of the jobs that are read is ${ratio(waste)}, and may be ${mostWaste} at most`)
      : `waste by name of the jobs that are read is ${ratio(waste)}`,
  ].join("\n");
}
