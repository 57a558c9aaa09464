import type { Kubectl } from "../kubectl.js";
import { render } from "../render.js";
import { bundleOf } from "./bundle.js";
import { look } from "./look.js";
import type { Report } from "./report.js";
import { untilOk } from "./until-ok.js";

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

/**
 * Holds what Prometheus scrapes against what the overlay and the cluster say it must. What does not hold is in the
 * report, and not an error.
 *
 * @throws Failure when the overlay does not build or the cluster does not answer.
 */
export async function verify({ overlay, kubectl, waitMilliseconds = 0, onWaiting }: VerifyOptions): Promise<Report> {
  const bundle = bundleOf(await render(overlay), kubectl.lacks);
  return await untilOk(() => look(bundle, kubectl), waitMilliseconds, onWaiting);
}
