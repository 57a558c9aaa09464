import { bundleOf } from "../bundle/index.js";
import { outsideBundle } from "../bundle/outside.js";
import { allQueries } from "../cost/queries.js";
import { Failure } from "../failure.js";
import type { Kubectl } from "../kubectl.js";
import { cureOfTaken, takenByOthers } from "../other-overlays.js";
import { contextOf } from "../outside/reach.js";
import { render } from "../render.js";
import type { Rendered } from "../rendered/objects.js";
import { projectSettings } from "../settings.js";
import { apiOf, look } from "./look.js";
import type { Problem, Report } from "./report.js";
import { shortBill } from "./short-bill.js";
import { thanosStores } from "./thanos-stores.js";
import { untilOk } from "./until-ok.js";

export type { JobReport, Problem, ReplicaReport, Report, ShortBill } from "./report.js";
export { table } from "./table.js";

/** What {@link verify} verifies, and how long it may take to become true. */
interface VerifyOptions {
  /** Folder of the overlay, such as `overlays/devbox`. */
  readonly overlay: string;
  readonly kubectl: Kubectl;
  /** Address of a Prometheus outside of the cluster, for an overlay that runs none. */
  readonly prometheus?: string;
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
export async function verify(options: VerifyOptions): Promise<Report> {
  const { overlay, kubectl, prometheus, waitMilliseconds = 0, onWaiting } = options;
  const rendered = await render(overlay);
  const bundle =
    prometheus === undefined
      ? bundleOf(rendered, kubectl.lacks)
      : outsideBundle(rendered, { address: prometheus, apiServer: (await contextOf(kubectl)).server }, kubectl.lacks);
  const lookAround = async () => {
    const [taken, stores, report] = await Promise.all([
      takenProblems(rendered, kubectl),
      thanosStores(rendered, kubectl),
      look(bundle, kubectl),
    ]);
    const problems = [...taken, ...stores];
    return { ...report, ok: report.ok && problems.length === 0, problems: [...problems, ...report.problems] };
  };
  const report = await untilOk(lookAround, waitMilliseconds, onWaiting);
  const pod = report.replicas.find(({ jobs }) => jobs.length > 0)?.pod;
  if (pod === undefined || bundle.outside !== undefined || bundle.prometheus.isAgent) return report;
  const bill = await shortBill(apiOf(bundle, kubectl, pod), allQueries(rendered, projectSettings()));
  return bill === undefined ? report : { ...report, bill };
}

/** Who may not ask about other namespaces is told what concerns this one. */
async function takenProblems(rendered: Rendered, kubectl: Kubectl): Promise<Problem[]> {
  try {
    const taken = await takenByOthers(rendered, kubectl);
    return taken.map(({ what, by }) => ({ kind: "taken", subject: what, reason: `${by} has it`, cure: cureOfTaken }));
  } catch (error) {
    if (error instanceof Failure && error.message.includes("Forbidden")) return [];
    throw error;
  }
}
