import { runs } from "../rendered/prometheus.js";
import { environmentOf, expand } from "../rendered/variables.js";
import { workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";

/**
 * As many instances of kube-state-metrics run as they are told to share the objects among: one too few leaves objects out, one
 * too many has none to report.
 */
export const shards: Check = {
  name: "shards",
  run: async ({ objects }) =>
    workloadsOf({ objects }).flatMap(({ object, namespace, containers, replicas = 1 }) =>
      containers
        .filter((container) => runs(container, "kube-state-metrics"))
        .flatMap((container): Finding[] => {
          const environment = environmentOf(container, namespace, objects);
          const valueOfFlag = (flag: string, usual: string) => {
            const argument = container.args?.find((text) => text.startsWith(`${flag}=`));
            return expand(argument?.slice(flag.length + 1) ?? usual, environment).text;
          };
          const [shard, all] = [valueOfFlag("--shard", "0"), valueOfFlag("--total-shards", "1")];
          // One that finds its StatefulSet by itself is told nothing.
          if (all === undefined || container.args?.some((text) => text.startsWith("--pod="))) return [];
          if (shard !== undefined && Number(shard) >= Number(all)) {
            return [
              {
                object,
                message: `kube-state-metrics is shard ${shard} of ${all}, which reports no object`,
                fix: `shards are numbered from 0 to ${Number(all) - 1}`,
              },
            ];
          }
          if (shard !== undefined || replicas === Number(all)) return [];
          return [
            {
              object,
              message: `kube-state-metrics shares the objects among ${all}, and ${replicas} run`,
              fix: "set replicas and TOTAL_SHARDS alike: by the setting sharding.kubeStateMetrics, or both in the overlay",
            },
          ];
        }),
    ),
};
