import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import type { Expectation } from "../../../generators/prometheus/types.js";
import { defaults } from "../../../generators/settings.js";
import { Failure } from "../failure.js";
import type { Kubectl } from "../kubectl.js";
import { render } from "../render.js";
import { type Bundle, bundleOf, jobsOf } from "./bundle.js";
import { compare, type Evidence, type ExpectedJob, needsEvidence } from "./compare.js";
import { expectedTargets, serviceOf } from "./expected.js";
import { configMaps, inventory, running } from "./gather.js";
import { denied, grantCure, permissionsOf } from "./permissions.js";
import { type Answers, type PrometheusApi, prometheusApi } from "./prometheus.js";
import { type Problem, type ReplicaReport, type Report, reportOf } from "./report.js";
import { isReady, podsOf, workloadProblems } from "./workload-health.js";

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

const pauseMilliseconds = 2000;

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

async function look(bundle: Bundle, kubectl: Kubectl): Promise<Report> {
  const { namespace, port } = bundle.prometheus;
  const expectations = new Map(scrapeJobs(defaults).map(({ config, expects }) => [config.job_name, expects]));
  const services = bundle.jobs.flatMap(({ job_name }) => service(expectations.get(job_name), namespace));
  const namespaces = new Set([namespace, ...bundle.workloads.flatMap((workload) => workload.namespace ?? [])]);
  const [found, inCluster] = await Promise.all([
    inventory(kubectl, [...new Set(services)]),
    running(kubectl, [...namespaces]),
  ]);
  const jobs = bundle.jobs.map((config): ExpectedJob => {
    const expects = expectations.get(config.job_name);
    const path = config.metrics_path ?? "/metrics";
    return { config, expects, targets: expects && expectedTargets(expects, path, namespace, found) };
  });
  const ready = podsOf(bundle.prometheus, inCluster.pods).filter(isReady);
  const replicas = await Promise.all(
    ready.map((pod) =>
      replica(bundle, kubectl, prometheusApi(kubectl, namespace, pod.metadata?.name ?? "", port), jobs),
    ),
  );
  const problems = workloadProblems(bundle.overlay, bundle.workloads, inCluster);
  return reportOf(bundle.overlay, problems, replicas);
}

function service(expects: Expectation | undefined, ownNamespace: string): string[] {
  const name = expects && serviceOf(expects, ownNamespace);
  return name === undefined ? [] : [name];
}

async function replica(
  bundle: Bundle,
  kubectl: Kubectl,
  api: PrometheusApi,
  jobs: readonly ExpectedJob[],
): Promise<ReplicaReport> {
  const { namespace } = bundle.prometheus;
  try {
    const answers = await api.answers();
    const evidence = new Map<string, Evidence>();
    for (const job of jobs.filter((candidate) => needsEvidence(candidate, answers))) {
      evidence.set(job.config.job_name, await evidenceOf(job, bundle, kubectl, api, answers));
    }
    return compare({ overlay: bundle.overlay, namespace, jobs, answers, evidence });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { pod: api.pod, jobs: [], problems: [unreachable(namespace, api.pod, error)] };
  }
}

function unreachable(namespace: string, pod: string, { message }: Failure): Problem {
  return {
    kind: "not ready",
    subject: `pod ${pod}`,
    reason: `its API cannot be asked through the API server: ${message}`,
    cure: `let the API server reach it (a NetworkPolicy of ${namespace} may not), and let your user get pods/proxy there`,
  };
}

async function evidenceOf(
  { config }: ExpectedJob,
  bundle: Bundle,
  kubectl: Kubectl,
  api: PrometheusApi,
  { scrapePools }: Answers,
): Promise<Evidence> {
  const { namespace } = bundle.prometheus;
  if (!scrapePools.includes(config.job_name)) {
    const files = (await configMaps(kubectl, namespace)).flatMap(({ data = {} }) => Object.entries(data));
    const applied = files.some(([file, text]) =>
      jobsOf(file, text).some(({ job_name }) => job_name === config.job_name),
    );
    return { applied };
  }
  const permissions = permissionsOf(config, namespace);
  const [refused, dropped] = await Promise.all([denied(kubectl, bundle, permissions), api.dropped(config.job_name)]);
  // A user who may not ask is told all that the job needs, rather than nothing.
  const lacking = refused ?? permissions;
  return { dropped, ...(lacking.length > 0 && { grant: grantCure(bundle, lacking) }) };
}
