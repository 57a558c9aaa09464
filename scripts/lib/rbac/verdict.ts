import { isDeepStrictEqual } from "node:util";
import { outsidePermissions } from "../../../generators/bare-metal/access.js";
import type { Scope } from "../../../generators/derive/access.js";
import { type Permission, permissions } from "../../../generators/derive/permissions.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../generators/settings.js";
import type { Proof } from "./index.js";
import type { Removal } from "./removals.js";

/** What is wrong with a permission; undefined when exactly that was lost without it which the derivation says. */
export function objectionTo({ removal, loss }: Proof): string | undefined {
  if (loss === undefined) return "nothing noticed: it is not needed";
  const derived = derivationOf(removal);
  if (derived === undefined) return `no job needs it, and without it: ${loss.jobs.join(", ")}: ${loss.effect}`;
  if (loss.effect !== derived.without)
    return `the derivation says ${derived.without}, seen was ${loss.effect}, of ${loss.jobs.join(", ")}`;
  const [said, seen] = [[...derived.neededBy].sort(), [...loss.jobs].sort()];
  if (isDeepStrictEqual(said, seen)) return undefined;
  return `the derivation says that ${said.join(", ")} needs it, lost was ${seen.join(", ")}`;
}

/** Why the generators grant it. */
function derivationOf(removal: Removal): Permission | undefined {
  const scope = scopeOf(removal);
  return [...permissions(scrapeJobs(defaults)), ...outsidePermissions(defaults)].find(
    (permission) =>
      permission.holder === removal.holder.name &&
      isDeepStrictEqual(permission.rule, removal.permission) &&
      isDeepStrictEqual(permission.scope, scope),
  );
}

/** Where a permission holds, as jobs say it. */
export function scopeOf({ holder, binding: { namespace } }: Removal): Scope {
  if (namespace === undefined) return "cluster";
  return namespace === holder.namespace ? "own namespace" : { namespace };
}
