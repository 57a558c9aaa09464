import type { Count, Measured } from "./bill.js";

/** A cluster that somebody thinks of, and how long samples are kept there. */
export interface Size {
  readonly nodes: number;
  readonly pods: number;
  readonly days: number;
}

/** What one replica of Prometheus is going to need. */
export interface Estimate extends Size, Needs {
  readonly series: number;
  /** Samples a second that are stored. */
  readonly samplesPerSecond: number;
}

/** What a Prometheus takes of a machine: memory and disk in bytes. */
export interface Needs {
  readonly memory: number;
  readonly cores: number;
  readonly disk: number;
}

/** What targets give a Prometheus. */
export interface Load {
  readonly series: number;
  /** Samples of one round of scrapes. */
  readonly scraped: number;
  readonly storedPerSecond: number;
  readonly scrapedPerSecond: number;
}

/**
 * What a series and a sample cost, as measured on the embedded cluster (Prometheus 3.16.0, 28 November 2026, from the same
 * targets with 6,000 to 61,000 series): a straight line through seven measurements that none misses by more than a tenth.
 */
export const constants = {
  /** Memory of a Prometheus without targets, in bytes. */
  emptyMemory: 68e6,
  /** Memory of a series in the head, with its samples of two to three hours. */
  bytesPerSeries: 1850,
  /** Memory of a sample in the scrape cache, which also remembers what relabelling drops. */
  bytesPerScraped: 1350,
  /** Cores of a Prometheus without targets. */
  emptyCores: 0.003,
  /** Seconds of a core that a scraped sample takes, with the rules that read it. */
  secondsPerSample: 3.5e-6,
  /** Bytes of a stored sample in a block, where no compaction has shown it yet. */
  bytesPerSample: 1.5,
  /** Bytes of a stored sample in the log, which goes back three hours. */
  walBytesPerSample: 5.2,
  walSeconds: 3 * 3600,
} as const;

/** The formula, for whoever wants to reckon by hand. */
export const formula = [
  "series = those of jobs at every node × nodes + those of containers and pods × pods + all others as they are",
  `memory = ${constants.emptyMemory / 1e6} MB + ${constants.bytesPerSeries} B × series + ${constants.bytesPerScraped} B × samples of a round of scrapes`,
  `cores  = ${constants.emptyCores} + ${constants.secondsPerSample * 1e6} µs × samples scraped a second`,
  `disk   = (86,400 s × days × bytes of a sample in a block + 3 h × ${constants.walBytesPerSample} B) × samples stored a second`,
] as const;

const atEveryNode = /^(node-exporter|kubelet|kubelet-.*|kube-proxy)$/;

/** What a metric grows with. */
function growsWith(job: string, name: string): "nodes" | "pods" | undefined {
  if (atEveryNode.test(job)) return "nodes";
  if (job === "cadvisor") return "pods";
  if (job !== "kube-state-metrics") return undefined;
  return name.startsWith("kube_node_") ? "nodes" : "pods";
}

/** What a Prometheus with the same jobs, rules and dashboards needs in a cluster of another size. */
export function estimate(measured: Measured, size: Size): Estimate {
  const grown = ({ job, name, series }: Count) => {
    const by = growsWith(job, name);
    const factor = by === undefined || measured[by] === 0 ? 1 : size[by] / measured[by];
    return series * factor;
  };
  const ofJob = (job: string) => measured.kept.filter((count) => count.job === job);
  const total = (counts: readonly Count[]) => counts.reduce((all, count) => all + grown(count), 0);
  let [series, scraped, storedPerSecond, scrapedPerSecond] = [0, 0, 0, 0];
  for (const { job, scraped: now, intervalSeconds } of measured.jobs) {
    const kept = ofJob(job).reduce((all, one) => all + one.series, 0);
    const later = total(ofJob(job));
    const scrapedLater = kept === 0 ? now : (now * later) / kept;
    series += later;
    scraped += scrapedLater;
    storedPerSecond += later / intervalSeconds;
    scrapedPerSecond += scrapedLater / intervalSeconds;
  }
  return {
    ...size,
    series: Math.round(series),
    samplesPerSecond: storedPerSecond,
    ...needs({ series, scraped, storedPerSecond, scrapedPerSecond }, size.days, measured.bytesPerSample),
  };
}

/** The {@link formula}. */
export function needs(load: Load, days: number, bytesPerSample: number = constants.bytesPerSample): Needs {
  const { emptyMemory, bytesPerSeries, bytesPerScraped, emptyCores, secondsPerSample } = constants;
  return {
    memory: emptyMemory + bytesPerSeries * load.series + bytesPerScraped * load.scraped,
    cores: emptyCores + secondsPerSample * load.scrapedPerSecond,
    disk: load.storedPerSecond * (86_400 * days * bytesPerSample + constants.walSeconds * constants.walBytesPerSample),
  };
}

/** What the recorded targets give a form of the stack with every job on: of each node, of each pod, and of all else. */
export interface Footprint {
  readonly series: PerPart;
  readonly scraped: PerPart;
  readonly intervalSeconds: number;
}

interface PerPart {
  readonly node: number;
  readonly pod: number;
  readonly rest: number;
}

/**
 * As Prometheus 3.16.0 had the targets of metrics/expositions, of one node and 18 pods, on 29 November 2026. What lean cuts at
 * the exporters is not in the recordings: `scraped` is what they give without it.
 */
export const footprints: Readonly<Record<"full" | "lean", Footprint>> = {
  full: {
    series: { node: 3646, pod: 194, rest: 48_556 },
    scraped: { node: 3646, pod: 194, rest: 48_556 },
    intervalSeconds: 15,
  },
  lean: {
    series: { node: 410, pod: 42, rest: 2434 },
    scraped: { node: 1800, pod: 194, rest: 9157 },
    intervalSeconds: 30,
  },
};

/** What a form of the stack loads its Prometheus with in a cluster of some size. */
export function loadOf({ series, scraped, intervalSeconds }: Footprint, { nodes, pods }: Omit<Size, "days">): Load {
  const grown = (part: PerPart) => part.node * nodes + part.pod * pods + part.rest;
  return {
    series: grown(series),
    scraped: grown(scraped),
    storedPerSecond: grown(series) / intervalSeconds,
    scrapedPerSecond: grown(scraped) / intervalSeconds,
  };
}
