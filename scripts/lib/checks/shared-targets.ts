import { isDeepStrictEqual } from "node:util";
import { leftToOthers } from "../../../generators/prometheus/scrape/sharding.js";
import type { Rendered } from "../rendered/objects.js";
import { type Client, prometheusesOf, type RenderedPrometheus } from "../rendered/prometheus.js";
import { type Share, shareOf } from "../rendered/shares.js";
import { correct } from "../rendered/source.js";
import type { Check, Finding } from "./check.js";
import { prometheusConfig } from "./prometheus/config.js";

/**
 * Where several Prometheus share the targets among them (`hashmod`), each target is with exactly one: their numbers are all of
 * those below how many there are, and none of their jobs takes every target.
 */
export const sharedTargets: Check = {
  name: "shared targets",
  after: [prometheusConfig],
  run: async (rendered) => {
    const all = prometheusesOf(rendered).filter(({ clients }) => clients.some(share));
    return [...all.flatMap((one) => wrongShares(one, all, rendered)), ...numbers(all)];
  },
};

function share({ config }: Client): Share | undefined {
  return shareOf(config.relabel_configs ?? []);
}

/** What the job of a shard does that does not go with the shard's other jobs, or with how many shards there are. */
function wrongShares(
  { workload, clients }: RenderedPrometheus,
  all: readonly RenderedPrometheus[],
  rendered: Rendered,
): Finding[] {
  const jobs = clients.filter(({ config }) => config.job_name !== undefined);
  const shares = jobs.flatMap((client) => share(client) ?? []);
  const [usual] = shares;
  if (usual === undefined) return [];
  const last = usual.modulus - 1;
  if (!(Number(usual.kept) <= last)) {
    return [
      {
        object: workload.object,
        message: `is shard ${usual.kept} of ${usual.modulus}, with which no target is`,
        fix: `shards are numbered from 0 to ${last}; to have more, raise the setting sharding.prometheus, then npm run generate`,
      },
    ];
  }
  if (usual.modulus !== all.length) {
    return [
      {
        object: workload.object,
        message: `shares the targets among ${usual.modulus}, and ${all.length} such Prometheus run`,
        fix: "set how many there are by the setting sharding.prometheus, then npm run generate",
      },
    ];
  }
  return jobs.flatMap((client): Finding[] => {
    if (isDeepStrictEqual(client.config.relabel_configs?.[0], leftToOthers)) return [];
    const { file, who } = client;
    const taken = share(client);
    if (taken === undefined) {
      return [
        {
          object: file.object,
          message: `${file.key}: ${who} takes every target, and every other shard does so too`,
          fix: `put its file in scrape/, then npm run generate; or begin its relabel_configs as the other jobs of this shard do (${correct(rendered, file)})`,
        },
      ];
    }
    if (taken.modulus === usual.modulus && taken.kept === usual.kept) return [];
    return [
      {
        object: file.object,
        message: `${file.key}: ${who} takes the targets of shard ${taken.kept} of ${taken.modulus}, in shard ${usual.kept} of ${usual.modulus}`,
        fix: `keep the targets of shard ${usual.kept} of ${usual.modulus} (${correct(rendered, file)})`,
      },
    ];
  });
}

/** Shards that have the same number: what is of another one nobody scrapes. */
function numbers(all: readonly RenderedPrometheus[]): Finding[] {
  const numberOf = ({ clients }: RenderedPrometheus) => clients.flatMap((client) => share(client)?.kept ?? [])[0];
  return all.flatMap((one, index): Finding[] => {
    const same = all.slice(0, index).find((other) => numberOf(other) === numberOf(one));
    if (same === undefined) return [];
    return [
      {
        object: one.workload.object,
        message: `is shard ${numberOf(one)}, as ${same.workload.object} is: their targets are scraped twice, and those of another shard by nobody`,
        fix: "give each shard a number of its own, from 0 on",
      },
    ];
  });
}
