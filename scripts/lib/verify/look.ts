import type { IPod } from "kubernetes-models/v1/Pod";
import { ownJob } from "../../../generators/derive/own-jobs.js";
import { webSecret } from "../../../generators/prometheus/pod.js";
import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import type { Bundle } from "../bundle/index.js";
import {
  type AccessRequest,
  type Account,
  accessRequestsOf,
  accessRequestsOnNode,
  denied,
  grantCure,
  ungranted,
} from "../bundle/permissions.js";
import { Failure } from "../failure.js";
import type { Kubectl } from "../kubectl.js";
import { type PrometheusApi, prometheusAt, prometheusInPod } from "../prometheus.js";
import { appliedJobs, unapplied } from "./applied.js";
import { type Comparison, compare, type Evidence, type ExpectedJob, needsEvidence } from "./compare.js";
import { expectationOf } from "./expectation.js";
import { expectedTargets, podsOf as selectionOf, servicesOf } from "./expected.js";
import { type Answers, answersOf, clues, droppedTargets, inventory, liveConfigMaps, running } from "./gather.js";
import { ownTargets } from "./own-targets.js";
import { probeTargets } from "./probes.js";
import { unsent } from "./remote-write.js";
import { type Problem, type ReplicaReport, type Report, reportOf } from "./report.js";
import { type Clues, isReady, podsOf, type Running, workloadProblems } from "./workload-health.js";

/**
 * Looks once: what the cluster has, what each Prometheus that is ready has, and how the two compare.
 *
 * @throws Failure when the cluster does not answer.
 */
export async function look(bundle: Bundle, kubectl: Kubectl): Promise<Report> {
  const { namespace } = bundle.prometheus;
  const known = new Map(bundle.outside?.jobs.map(({ config, expects }) => [config.job_name, expects]));
  const jobs = bundle.jobs.map((config) => ({
    config,
    expects:
      bundle.outside === undefined
        ? expectationOf(config, bundle.workloads, bundle.services)
        : known.get(config.job_name),
  }));
  const services = jobs.flatMap(({ expects }) => (expects ? servicesOf(expects, namespace) : []));
  const selections = jobs.flatMap(({ expects }) => (expects && selectionOf(expects)) ?? []);
  const [found, inCluster, live] = await Promise.all([
    inventory(
      kubectl,
      [...new Set(services)],
      [...new Set(selections)],
      jobs.some(({ expects }) => expects?.every === "annotated"),
    ),
    running(kubectl, namespacesOf(bundle)),
    liveConfigMaps(
      kubectl,
      namespace,
      bundle.configMaps.map(({ name }) => name),
    ),
  ]);
  const expected = jobs.map(({ config, expects }): ExpectedJob => {
    const path = config.metrics_path ?? "/metrics";
    if (expects === undefined) {
      const own = bundle.outside === undefined ? ownJob(config) : undefined;
      const targets = own && ownTargets(own);
      return { config, expects, targets, some: targets === undefined && own?.kubernetes_sd_configs !== undefined };
    }
    const targets =
      expects.every === "probe"
        ? probeTargets(expects, config, bundle)
        : expectedTargets(expects, path, namespace, found);
    return { config, expects, targets };
  });
  const comparison = {
    overlay: bundle.overlay,
    namespace,
    outside: bundle.outside !== undefined,
    jobs: expected,
    applied: appliedJobs(live),
  };
  const [problems, ...replicas] = await Promise.all([
    workloads(bundle, kubectl, inCluster, found.nodes),
    ...apis(bundle, kubectl, inCluster).map((those) => replica(bundle, kubectl, those, comparison)),
  ]);
  return reportOf(bundle.overlay, [...problems, ...unapplied(bundle, live)], replicas, bundle.leftOut);
}

/** The Prometheus that one looks at together: one, and where others share the targets with it, one for each share. */
type Together = readonly [PrometheusApi, ...PrometheusApi[]];

/** Every Prometheus that there is to ask: those that are ready, or the one outside. */
function apis(bundle: Bundle, kubectl: Kubectl, { pods }: Running): Together[] {
  if (bundle.outside !== undefined) return [[apiOf(bundle, kubectl, "")]];
  const { prometheus, shards = [] } = bundle;
  const readyOf = (selector: Bundle["prometheus"]["selector"]) =>
    podsOf({ selector, namespace: prometheus.namespace }, pods).filter(isReady);
  const ofShards = shards.flatMap(({ selector, onNodes }) => {
    const pods = readyOf(selector);
    return onNodes ? pods.map((pod) => [pod]) : [pods];
  });
  const before = readyOf(prometheus.selector).filter((pod) => !ofShards.flat().includes(pod));
  const askedOf = (list: readonly IPod[]) => list.map(({ metadata }) => apiOf(bundle, kubectl, metadata?.name ?? ""));
  return askedOf(before).map((api, index) => [
    api,
    // Any replica of a shard has all of its targets.
    ...ofShards.flatMap((list) => askedOf(list.slice(index % Math.max(1, list.length))).slice(0, 1)),
  ]);
}

/** The Prometheus in a pod of a bundle, or the one outside. */
export function apiOf({ prometheus, outside }: Bundle, kubectl: Kubectl, pod: string): PrometheusApi {
  if (outside !== undefined) return prometheusAt(outside.address);
  return prometheusInPod(kubectl, prometheus.namespace, pod, prometheus.port);
}

function namespacesOf({ workloads, prometheus }: Bundle): string[] {
  return [...new Set([prometheus.namespace, ...workloads.flatMap(({ namespace }) => namespace ?? [])])];
}

/** Events and storage classes are asked for only where there is something to explain. */
async function workloads(
  bundle: Bundle,
  kubectl: Kubectl,
  inCluster: Running,
  nodes: Clues["nodes"],
): Promise<Problem[]> {
  const problems = workloadProblems(bundle.overlay, bundle.workloads, inCluster);
  if (problems.length === 0) return problems;
  const more = await clues(kubectl, namespacesOf(bundle));
  return workloadProblems(bundle.overlay, bundle.workloads, inCluster, { ...more, nodes });
}

async function replica(
  bundle: Bundle,
  kubectl: Kubectl,
  those: Together,
  comparison: Omit<Comparison, "answers" | "evidence">,
): Promise<ReplicaReport> {
  const [api, ...shards] = those;
  try {
    const own = await answersOf(api, bundle.prometheus.isAgent);
    const answers = together(own, await inGroups(shards, (shard) => answersOf(shard, bundle.prometheus.isAgent)));
    const evidence = new Map<string, Evidence>();
    for (const job of comparison.jobs.filter((candidate) => needsEvidence(candidate, answers))) {
      evidence.set(job.config.job_name, await evidenceOf(job, bundle, kubectl, those));
    }
    const report = compare({ ...comparison, answers, evidence });
    const unsent = await inGroups(those, (one) => sending(bundle, kubectl, one, answers));
    return { ...report, problems: [...report.problems, ...unsent.flat()] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { pod: api.name, jobs: [], problems: [unreachable(comparison, api.name, error)] };
  }
}

/** Asks a few at a time: there may be one on each node, and each question is a program that runs. */
async function inGroups<T, R>(all: readonly T[], ask: (one: T) => Promise<R>): Promise<R[]> {
  const size = 16;
  const groups = Array.from({ length: Math.ceil(all.length / size) }, (_, group) =>
    all.slice(group * size, (group + 1) * size),
  );
  const answers: R[] = [];
  for (const group of groups) answers.push(...(await Promise.all(group.map(ask))));
  return answers;
}

/** What several Prometheus that share the targets among them say, as if they were one. The first reads the samples of all. */
function together(own: Answers, shards: readonly Answers[]): Answers {
  const all = [own, ...shards];
  return {
    ...own,
    pod: all.find(({ reloadConfigSuccess }) => !reloadConfigSuccess)?.pod ?? own.pod,
    reloadConfigSuccess: all.every(({ reloadConfigSuccess }) => reloadConfigSuccess),
    scrapePools: [...new Set(all.flatMap(({ scrapePools }) => scrapePools))],
    targets: all.flatMap(({ targets }) => targets),
  };
}

/** What does not arrive where a Prometheus of the cluster sends it. */
async function sending(
  bundle: Bundle,
  kubectl: Kubectl,
  api: PrometheusApi,
  { serverTime }: Answers,
): Promise<Problem[]> {
  const sends = bundle.configMaps.some(({ data }) => Object.values(data).some((text) => /^remote_write:/m.test(text)));
  if (!sends || bundle.outside !== undefined) return [];
  const { namespace } = bundle.prometheus;
  const [metrics, log] = await Promise.all([
    api.metrics(),
    kubectl
      .text(["logs", `--namespace=${namespace}`, api.name, "--container=prometheus", "--since=2m"])
      // Who may not read logs is told what the metrics tell.
      .catch(() => ""),
  ]);
  return unsent({ namespace, pod: api.name, metrics, log, now: Date.parse(serverTime) / 1000 });
}

function unreachable(
  { namespace, outside }: Pick<Comparison, "namespace" | "outside">,
  pod: string,
  { message }: Failure,
): Problem {
  if (outside) {
    const cure = "see that it runs there, and that this machine reaches it: it listens on loopback alone";
    return { kind: "not ready", subject: pod, reason: message, cure };
  }
  return {
    kind: "not ready",
    subject: `pod ${pod}`,
    reason: `its API cannot be asked through the API server: ${message}`,
    cure: message.includes(webSecret)
      ? `it asks for a password: let your user get Secret ${webSecret}, with the username and password of a user in web-config.yml`
      : `let the API server reach it (a NetworkPolicy of ${namespace} may not), and let your user get pods/proxy there`,
  };
}

async function evidenceOf(
  { config }: ExpectedJob,
  bundle: Bundle,
  kubectl: Kubectl,
  those: Together,
): Promise<Evidence> {
  const [grants, dropped] = await Promise.all([
    Promise.all(askers(config, bundle).map(({ as, needs }) => grantFor(as, needs, kubectl))),
    inGroups(those, (api) => droppedTargets(api, config.job_name)),
  ]);
  const lacking = grants.filter((grant) => grant !== undefined);
  return {
    dropped: dropped.reduce((sum, count) => sum + count, 0),
    ...(lacking.length > 0 && { grant: lacking.join("; ") }),
  };
}

/** As whom a job is asked for: as Prometheus, and as the agents of nodes where they have it too. */
function askers(config: ScrapeConfig, bundle: Bundle): { readonly as: Account; readonly needs: AccessRequest[] }[] {
  const { prometheus, shards = [] } = bundle;
  return [
    { as: bundle, needs: accessRequestsOf(config, prometheus.namespace) },
    ...shards.flatMap(({ onNodes }) => {
      if (onNodes === undefined || !onNodes.jobs.includes(config.job_name ?? "")) return [];
      const { serviceAccount, roles } = onNodes;
      const as = { ...bundle, prometheus: { ...prometheus, serviceAccount }, roles };
      return { as, needs: accessRequestsOnNode(config, prometheus.namespace) };
    }),
  ];
}

/** How an account gets what it lacks of the permissions; undefined when it has them all. */
async function grantFor(as: Account, needs: readonly AccessRequest[], kubectl: Kubectl): Promise<string | undefined> {
  // Who may not ask the cluster is told at least what the overlay lacks.
  const lacking = (await denied(kubectl, as, needs)) ?? ungranted(as, needs);
  return lacking.length > 0 ? grantCure(as, lacking) : undefined;
}
