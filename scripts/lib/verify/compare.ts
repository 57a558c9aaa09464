import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { scraped } from "../address.js";
import type { ActiveTarget } from "../prometheus.js";
import { diagnose } from "./down.js";
import type { Expectation } from "./expected.js";
import type { Answers } from "./gather.js";
import type { JobReport, Problem, ReplicaReport } from "./report.js";
import type { ExpectedTarget } from "./target.js";

/** A job of the overlay, and what the cluster says it must scrape. */
export interface ExpectedJob {
  readonly config: ScrapeConfig;
  /** Undefined for a job that the generators do not know; then so are the targets. */
  readonly expects: Expectation | undefined;
  readonly targets: readonly ExpectedTarget[] | undefined;
  /** Whether there must be some target, where it is not known which. */
  readonly some?: boolean;
}

/** What was found out about a job that has no targets, or whose targets refuse Prometheus. */
export interface Evidence {
  /** How to grant what Prometheus is not allowed; undefined when it is allowed all that the job needs. */
  readonly grant?: string;
  /** How many targets discovery found and relabelling dropped. */
  readonly dropped: number;
}

/** What {@link compare} compares: the overlay and the cluster on one side, one Prometheus on the other. */
export interface Comparison {
  readonly overlay: string;
  /** Namespace of Prometheus, or of its ServiceAccount. */
  readonly namespace: string;
  /** Whether Prometheus runs outside of the cluster. */
  readonly outside?: boolean;
  readonly jobs: readonly ExpectedJob[];
  /** Names of the jobs that the ConfigMaps in the cluster have. */
  readonly applied: ReadonlySet<string>;
  readonly answers: Answers;
  /** By job_name, where {@link needsEvidence} said so. */
  readonly evidence: ReadonlyMap<string, Evidence>;
}

/** Whether more has to be found out about a job: it has no target, or is refused. */
export function needsEvidence({ config, targets, some = false }: ExpectedJob, answers: Answers): boolean {
  if (!answers.scrapePools.includes(config.job_name)) return false;
  const active = activeTargets(config.job_name, answers);
  if (active.length === 0) return targets?.some(({ required }) => required) ?? some;
  return active.some(({ lastError }) => /HTTP status 403\b/.test(lastError));
}

/** Holds what one Prometheus has against what there must be. */
export function compare(comparison: Comparison): ReplicaReport {
  const { jobs, answers, overlay } = comparison;
  const known = new Set(jobs.map(({ config }) => config.job_name));
  return {
    pod: answers.pod,
    jobs: jobs.map((job) => compareJob(job, comparison)),
    problems: [
      ...(answers.reloadConfigSuccess ? [] : [failedReload(comparison)]),
      ...answers.scrapePools
        .filter((pool) => !known.has(pool))
        .map((pool) => ({
          kind: "unexpected" as const,
          subject: `job ${pool}`,
          reason: `Prometheus runs it, and ${overlay} has no such job`,
          cure: `add it to ${overlay}, or apply the overlay; a changed ConfigMap is live after about a minute`,
        })),
      ...sameLabels(answers.targets),
    ],
  };
}

function compareJob(job: ExpectedJob, comparison: Comparison): JobReport {
  const { answers } = comparison;
  const active = activeTargets(job.config.job_name, answers);
  const ages = active.filter(({ lastScrape }) => Date.parse(lastScrape) > 0).map((target) => age(target, answers));
  const required = job.targets?.filter((target) => target.required).length;
  return {
    job: job.config.job_name,
    expected: required ?? null,
    up: active.filter(({ health }) => health === "up").length,
    samples: samplesOf(active, answers),
    lastScrapeSecondsAgo: ages.length === 0 ? null : Math.max(...ages),
    problems: answers.scrapePools.includes(job.config.job_name)
      ? [...missing(job, active, comparison), ...twice(job, active), ...unhealthy(job, active, comparison)]
      : [notLoaded(job, comparison)],
  };
}

function activeTargets(job: string, { targets }: Answers): ActiveTarget[] {
  return targets.filter(({ scrapePool }) => scrapePool === job);
}

function age({ lastScrape }: ActiveTarget, { serverTime }: Answers): number {
  return Math.max(0, Math.round((Date.parse(serverTime) - Date.parse(lastScrape)) / 1000));
}

function samplesOf(targets: readonly ActiveTarget[], { samples }: Answers): number | null {
  if (samples === undefined) return null;
  const wanted = new Set(targets.map(({ labels }) => labelSet(labels)));
  return samples
    .filter(({ metric: { __name__, ...labels } }) => wanted.has(labelSet(labels)))
    .reduce((sum, { value: [, value] }) => sum + Number(value), 0);
}

function labelSet(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function failedReload({ namespace, outside, answers: { pod } }: Comparison): Problem {
  return {
    kind: "not loaded",
    subject: outside ? pod : `pod ${pod}`,
    reason: "its configuration does not load, so it goes on with an old one",
    cure: outside
      ? "its log names the line; npm run outside writes a configuration that loads"
      : `kubectl -n ${namespace} logs ${pod} names the line; npm run build finds it before it is applied`,
  };
}

function notLoaded({ config }: ExpectedJob, { overlay, outside, answers, applied }: Comparison): Problem {
  const subject = `job ${config.job_name}`;
  const running = { kind: "not loaded" as const, subject };
  if (outside) {
    return {
      ...running,
      reason: "Prometheus does not run it",
      cure: "npm run outside, and bring its folder to the machine of this Prometheus",
    };
  }
  if (!applied.has(config.job_name)) {
    return {
      ...running,
      reason: "the ConfigMaps in the cluster do not have it",
      cure: `kubectl apply -k ${overlay}`,
    };
  }
  return answers.reloadConfigSuccess
    ? {
        ...running,
        reason: "it is in the cluster's ConfigMap, and Prometheus does not run it yet",
        cure: "wait about a minute, until the kubelet has brought the file into the pod and Prometheus has read it (--wait 120s)",
      }
    : {
        ...running,
        reason: "Prometheus could not load the configuration that has it",
        cure: `mend the configuration, then kubectl apply -k ${overlay}`,
      };
}

/** The target for something expected: at any of its addresses, and on the job's path. */
function matches({ addresses, path }: ExpectedTarget, { scrapeUrl }: ActiveTarget): boolean {
  const found = scraped(scrapeUrl);
  return addresses.includes(found.address) && found.path === path;
}

function missing(job: ExpectedJob, active: readonly ActiveTarget[], comparison: Comparison): Problem[] {
  const absent = (job.targets ?? []).filter(
    (target) => target.required && !active.some((candidate) => matches(target, candidate)),
  );
  const surplus = job.targets && active.filter((target) => !job.targets?.some((wanted) => matches(wanted, target)));
  const { job_name } = job.config;
  if (job.targets === undefined && job.some && active.length === 0) {
    return [{ kind: "missing", subject: job_name, ...noTarget(job, comparison.evidence.get(job_name)) }];
  }
  return [
    ...absent.map((target) => ({
      kind: "missing" as const,
      subject: `${job_name}: ${nameOf(target)}`,
      ...(active.length === 0
        ? noTarget(job, comparison.evidence.get(job_name))
        : {
            reason: surplus?.length
              ? "Prometheus has no such target, but one that there should not be"
              : "Prometheus has the job's other targets, but not this one",
            cure: `compare relabel_configs of job ${job_name} with what it finds (Status > Service discovery in Prometheus)`,
          }),
    })),
    ...(surplus ?? []).map((target) => ({
      kind: "unexpected" as const,
      subject: `${job_name}: ${show(target)}`,
      reason: "Prometheus scrapes it, and the cluster has nothing there that this job should scrape",
      cure: `narrow kubernetes_sd_configs or relabel_configs of job ${job_name}`,
    })),
  ];
}

function noTarget({ config, expects }: ExpectedJob, evidence: Evidence | undefined) {
  const { grant, dropped = 0 } = evidence ?? {};
  if (dropped > 0) {
    return {
      reason: `the job's discovery finds ${dropped} and its relabelling drops ${dropped === 1 ? "it" : "them all"}`,
      cure:
        expects?.every === "endpoint"
          ? `let the keep rule of job ${config.job_name} match Service ${expects.of}, port ${expects.port}`
          : `see which drop or keep rule in relabel_configs of job ${config.job_name} goes too far`,
    };
  }
  if (grant !== undefined) return { reason: "Prometheus is not allowed to look for it", cure: grant };
  return {
    reason: "the job's discovery finds nothing at all",
    cure: `compare role, namespaces and selectors in kubernetes_sd_configs of job ${config.job_name} with where it runs`,
  };
}

function twice(job: ExpectedJob, active: readonly ActiveTarget[]): Problem[] {
  const { job_name } = job.config;
  const stacked = (job.targets ?? []).flatMap((target) => {
    const found = active.filter((candidate) => matches(target, candidate));
    if (new Set(found.map(({ scrapeUrl }) => scraped(scrapeUrl).address)).size < 2) return [];
    return [
      {
        kind: "duplicate" as const,
        subject: `${job_name}: ${nameOf(target)}`,
        reason: `the same thing is scraped at ${found.length} addresses: ${found.map(show).join(", ")}`,
        cure: `keep one address family in job ${job_name}: __meta_kubernetes_endpointslice_address_type is IPv4 or IPv6`,
      },
    ];
  });
  const byInstance = groups(
    active,
    ({ labels, scrapeUrl }) => `${labels.job} ${labels.instance} ${scraped(scrapeUrl).path}`,
  );
  const doubled = byInstance
    // Identical in every label: said once for all jobs, by sameLabels.
    .filter((found) => new Set(found.map(({ labels }) => labelSet(labels))).size === found.length)
    .map((found) => ({
      kind: "duplicate" as const,
      subject: `${job_name}: ${found[0] && show(found[0])}`,
      reason: `${found.length} targets have this job, instance and path`,
      cure: `find what differs in their labels, and let relabel_configs of job ${job_name} keep one`,
    }));
  return [...stacked, ...doubled];
}

/** Targets of whatever jobs with the same labels: their series get mixed up. */
function sameLabels(targets: readonly ActiveTarget[]): Problem[] {
  return groups(targets, ({ labels }) => labelSet(labels)).map((found) => ({
    kind: "duplicate",
    subject: found.map((target) => `${target.scrapePool}: ${show(target)}`).join(" and "),
    reason: "these targets have the same labels, so their series get mixed up",
    cure: "drop one of them, or give them a label that tells them apart",
  }));
}

/** Those that share a key with at least one other. */
function groups(targets: readonly ActiveTarget[], keyOf: (target: ActiveTarget) => string): ActiveTarget[][] {
  const byKey = new Map<string, ActiveTarget[]>();
  for (const target of targets) byKey.set(keyOf(target), [...(byKey.get(keyOf(target)) ?? []), target]);
  return [...byKey.values()].filter(({ length }) => length > 1);
}

function unhealthy(job: ExpectedJob, active: readonly ActiveTarget[], { namespace, evidence }: Comparison): Problem[] {
  return active.flatMap((target): Problem[] => {
    if (target.health === "up") return [];
    const expected = job.targets?.find((candidate) => matches(candidate, target));
    // A target that should not be there is reported already, so it need not work.
    if (job.targets !== undefined && expected === undefined) return [];
    const { address, path } = scraped(target.scrapeUrl);
    const subject = `${job.config.job_name}: ${expected === undefined ? show(target) : nameOf(expected, address)}`;
    if (target.health === "unknown") {
      return [
        {
          kind: "unscraped",
          subject,
          reason: "Prometheus has not scraped it yet",
          cure: "wait for one scrape interval (--wait 60s)",
        },
      ];
    }
    const { reason, cure } = diagnose(target, {
      config: job.config,
      expects: job.expects,
      address,
      path,
      owner: expected?.owner ?? address,
      namespace,
      grant: evidence.get(job.config.job_name)?.grant,
    });
    const trouble = expected?.trouble;
    return [
      trouble === undefined
        ? { kind: "down", subject, reason, cure }
        : {
            kind: "down",
            subject,
            reason: `${reason} (${trouble.reason})`,
            cure: `first see why ${expected?.owner} is not ready: ${trouble.command}`,
          },
    ];
  });
}

function nameOf({ owner, addresses, path }: ExpectedTarget, address = addresses[0]): string {
  return `${address}${path} (${owner})`;
}

function show({ scrapeUrl }: ActiveTarget): string {
  const { address, path } = scraped(scrapeUrl);
  return `${address}${path}`;
}
