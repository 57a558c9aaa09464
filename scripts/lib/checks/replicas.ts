import { partsOfThanos } from "../rendered/thanos.js";
import { workloadsOf } from "../rendered/workloads.js";
import type { Check } from "./check.js";

/** Everything that the overlay deploys runs at least once, and Thanos' Compactor at most once. */
export const replicas: Check = {
  name: "replicas",
  run: async ({ objects }) => [
    ...workloadsOf({ objects })
      .filter(({ replicas }) => replicas !== undefined && replicas < 1)
      .map(({ object, replicas }) => ({
        object,
        message: `has replicas: ${replicas}, so nothing runs`,
        fix: "set replicas to 1 or more; what shall not run at all goes by a patch with $patch: delete",
      })),
    ...partsOfThanos({ objects }, "compact")
      .filter(({ replicas = 1 }) => replicas > 1)
      .map(({ object, replicas }) => ({
        object,
        message: `has replicas: ${replicas}, and two Compactors make blocks that overlap, over which both halt`,
        fix: "set replicas to 1",
      })),
  ],
};
