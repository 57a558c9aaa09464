import { isIP } from "node:net";
import { parse } from "yaml";
import { milliseconds } from "../../../metrics/duration.js";
import { hostAndPort, scraped } from "../../../scripts/lib/address.js";
import { queriesOf } from "../../../scripts/lib/cost/queries.js";
import { configured, withoutCluster } from "../../../scripts/lib/cost/replay/config.js";
import type { ActiveTarget } from "../../../scripts/lib/prometheus.js";
import type { Rendered } from "../../../scripts/lib/rendered/objects.js";
import { prometheusesOf } from "../../../scripts/lib/rendered/prometheus.js";
import type { Contestant } from "./contest.js";
import { peerJobs } from "./kube-prometheus.js";

/** The live targets that all have in common, and how they let somebody in. */
export interface Targets {
  readonly active: readonly ActiveTarget[];
  /** Path of a file with a token. */
  readonly tokenFile: string;
  /** The address of a Service of the stack, which this machine does not know by its name. */
  readonly addressOf: (service: string) => Promise<string>;
}

/** The Prometheus of a stack of ours, with the targets that there are of each of its jobs. */
export async function ours(name: string, rendered: Rendered, targets: Targets): Promise<Contestant> {
  const { global, jobs } = configured(rendered);
  const texts = prometheusesOf(rendered)[0]?.rules ?? [];
  return {
    name,
    config: {
      global,
      scrape_configs: await Promise.all(
        jobs.map(async (job) => ({
          ...withoutCluster(job),
          ...(job.scrape_interval !== undefined && { scrape_interval: job.scrape_interval }),
          ...(await reaching(job.job_name ?? "", targets)),
        })),
      ),
    },
    groups: texts.flatMap(({ text }) => (parse(text) as { groups?: unknown[] } | null)?.groups ?? []),
    queries: queriesOf(rendered, milliseconds("15s")),
  };
}

interface WrittenRule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** kube-prometheus' Prometheus, with these groups of rules. */
export async function theirs(groups: readonly unknown[], targets: Targets): Promise<Contestant> {
  const jobs = await Promise.all(
    peerJobs.map(async ({ as, interval, honorLabels, honorTimestamps, drops = [] }) => ({
      job_name: as,
      scrape_interval: interval,
      ...(milliseconds(interval) < 10_000 && { scrape_timeout: interval }),
      ...(honorLabels !== undefined && { honor_labels: honorLabels }),
      ...(honorTimestamps !== undefined && { honor_timestamps: honorTimestamps }),
      metric_relabel_configs: drops,
      ...(await reaching(as, targets)),
    })),
  );
  const written = groups as readonly { readonly name: string; readonly rules: readonly WrittenRule[] }[];
  return {
    name: "kube-prometheus",
    config: {
      global: { scrape_interval: "30s", evaluation_interval: "30s", extra_scrape_metrics: true },
      scrape_configs: jobs,
    },
    groups,
    queries: written.flatMap(({ name: of, rules }) =>
      rules.map(({ record, alert = "", expr, labels = {} }) => ({
        kind: record === undefined ? "alert" : "record",
        of,
        name: record ?? alert,
        expression: expr,
        labels,
      })),
    ),
  };
}

async function reaching(job: string, { active, tokenFile, addressOf }: Targets) {
  const own = active.filter(({ scrapePool }) => scrapePool === job);
  return {
    authorization: { credentials_file: tokenFile },
    // A devbox kubelet signs its own certificate; what is measured here is no secret.
    tls_config: { insecure_skip_verify: true },
    static_configs: await Promise.all(
      own.map(async ({ scrapeUrl, labels }) => {
        const { protocol, hostname, port, pathname, searchParams } = new URL(scrapeUrl);
        const isName = isIP(hostname.replace(/[[\]]/g, "")) === 0;
        const number = Number(port || (protocol === "https:" ? 443 : 80));
        const { job: _, ...others } = labels;
        const parameters = Object.fromEntries([...searchParams].map(([name, value]) => [`__param_${name}`, value]));
        return {
          targets: [isName ? hostAndPort(await addressOf(hostname), number) : scraped(scrapeUrl).address],
          labels: { __scheme__: protocol.slice(0, -1), __metrics_path__: pathname, ...parameters, ...others },
        };
      }),
    ),
  };
}
