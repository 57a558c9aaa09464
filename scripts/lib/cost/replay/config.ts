import { milliseconds } from "../../../../metrics/duration.js";
import type { RecordedTarget } from "../../read-expositions.js";
import type { Rendered } from "../../rendered/objects.js";
import { type ClientConfig, prometheusesOf } from "../../rendered/prometheus.js";
import type { Player } from "./player.js";

/** How a job finds its targets, speaks to them and guards against them. What was recorded does not depend on it. */
const ofTheCluster =
  /_sd_configs$|^(static_configs|relabel_configs|scheme|metrics_path|params|authorization|basic_auth|oauth2|tls_config|scrape_interval|scrape_timeout|.*_limit)$/;

/** Between two steps of a target; what a busy machine takes to store one must fit in. */
const seconds = 2;

/**
 * The configuration of the Prometheus of an overlay with recorded targets in the place of those of the cluster. What each
 * job makes of its samples stays as it is. Rules are not in it: they are evaluated by {@link replay}.
 *
 * @param listener - by which the player knows this Prometheus
 */
export function replayConfig(rendered: Rendered, targets: readonly RecordedTarget[], player: Player, listener: string) {
  const { global, jobs } = configured(rendered);
  return {
    global: { ...global, scrape_interval: `${seconds}s`, scrape_timeout: `${seconds}s` },
    scrape_configs: [
      ...jobs.map((job) => ({
        ...withoutCluster(job),
        static_configs: targets.flatMap(({ job: name, labels }, target) =>
          name === job.job_name ? [at(player, player.path(listener, target), labels)] : [],
        ),
      })),
      {
        job_name: told,
        honor_labels: true,
        static_configs: [at(player, player.toldPath(listener), { instance: told })],
        // What a rule records has no labels of a target.
        metric_relabel_configs: ["job", "instance"].map((label) => ({
          source_labels: [label],
          regex: told,
          target_label: label,
          replacement: "",
        })),
      },
    ],
  };
}

/** The jobs of an overlay's Prometheus, and what it says for all of them. */
export function configured(rendered: Rendered) {
  const [prometheus] = prometheusesOf(rendered);
  const { external_labels: _, ...global }: Record<string, unknown> = { ...prometheus?.global };
  return {
    global,
    jobs: (prometheus?.seen ?? []).flatMap(({ config }) => (config.job_name === undefined ? [] : [config])),
  };
}

/** Seconds between two scrapes of a job of an overlay, which a replay does not keep to. */
export function intervalOf(rendered: Rendered, job: string): number {
  const { global, jobs } = configured(rendered);
  const own = jobs.find(({ job_name }) => job_name === job)?.scrape_interval;
  return milliseconds(own ?? `${global.scrape_interval ?? "1m"}`) / 1000;
}

/** The job that gives a Prometheus what its rules would have recorded. */
export const told = "replay-told";

function at({ address }: Player, path: string, labels: Readonly<Record<string, string>>) {
  return { targets: [address], labels: { __metrics_path__: path, ...labels } };
}

/** What a job makes of its samples. */
export function withoutCluster(job: ClientConfig) {
  return Object.fromEntries(Object.entries(job).filter(([field]) => !ofTheCluster.test(field)));
}
