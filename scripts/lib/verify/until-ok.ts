import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.js";
import type { Report } from "./report.js";

/**
 * Looks until everything holds or the time is over, at least once.
 *
 * @returns the last report.
 * @throws what the first look throws, and what the last one throws. In between, a cluster that does not answer is one
 * more thing to wait for.
 */
export async function untilOk(
  look: () => Promise<Report>,
  waitMilliseconds: number,
  onWaiting: ((report: Report) => void) | undefined,
  pauseMilliseconds = 3000,
): Promise<Report> {
  const until = Date.now() + waitMilliseconds;
  let report = await look();
  while (!report.ok && Date.now() < until) {
    onWaiting?.(report);
    await sleep(Math.min(pauseMilliseconds, until - Date.now()));
    try {
      report = await look();
    } catch (error) {
      if (!(error instanceof Failure) || Date.now() >= until) throw error;
    }
  }
  return report;
}
