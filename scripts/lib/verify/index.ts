import { Failure } from "../failure.js";
import type { Kubectl } from "../kubectl.js";
import { render } from "../render.js";
import { type Bundle, bundleOf } from "./bundle.js";
import { look } from "./look.js";
import type { Report } from "./report.js";

export type { JobReport, Problem, ReplicaReport, Report } from "./report.js";
export { table } from "./table.js";

/** What {@link verify} verifies, and how long it may take to become true. */
export interface VerifyOptions {
  /** Folder of the overlay, such as `overlays/devbox`. */
  readonly overlay: string;
  readonly kubectl: Kubectl;
  /** How long to wait until everything holds. Default: not at all. */
  readonly waitMilliseconds?: number;
  /** Called after each look that found something still to wait for. */
  readonly onWaiting?: (report: Report) => void;
}

const pauseMilliseconds = 3000;

/**
 * Holds what Prometheus scrapes against what the overlay and the cluster say it must. What does not hold is in the
 * report, and not an error.
 *
 * @throws Failure when the overlay does not build or the cluster does not answer.
 */
export async function verify({ overlay, kubectl, waitMilliseconds = 0, onWaiting }: VerifyOptions): Promise<Report> {
  const bundle = bundleOf(await render(overlay));
  const until = Date.now() + waitMilliseconds;
  let report = await look(bundle, kubectl);
  while (!report.ok && Date.now() < until) {
    onWaiting?.(report);
    await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMilliseconds, until - Date.now())));
    report = await lookAgain(bundle, kubectl, report, until);
  }
  return report;
}

/** While there is time, a cluster that stops answering is one more thing to wait for. */
async function lookAgain(bundle: Bundle, kubectl: Kubectl, before: Report, until: number): Promise<Report> {
  try {
    return await look(bundle, kubectl);
  } catch (error) {
    if (error instanceof Failure && Date.now() < until) return before;
    throw error;
  }
}
