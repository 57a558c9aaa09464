import { isDeepStrictEqual } from "node:util";
import type { Scope } from "../../../generators/derive/access.js";
import type { Derivation } from "./derivation.js";
import type { Proof } from "./index.js";
import type { Removal } from "./removals.js";

/**
 * What is wrong with a permission; undefined when exactly that was lost without it which the derivation says.
 *
 * @param derivation - undefined for a permission that no job needs.
 */
export function objectionTo({ loss }: Pick<Proof, "loss">, derivation: Derivation | undefined): string | undefined {
  if (derivation !== undefined && isGivenTwice(derivation)) {
    return loss && `another role gives it too, and without it: ${loss.jobs.join(", ")}: ${loss.effect}`;
  }
  if (loss === undefined) return "nothing noticed: it is not needed";
  if (derivation === undefined) return `no job needs it, and without it: ${loss.jobs.join(", ")}: ${loss.effect}`;
  if (loss.effect !== derivation.without)
    return `the derivation says ${derivation.without}, seen was ${loss.effect}, of ${loss.jobs.join(", ")}`;
  const [said, seen] = [[...derivation.neededBy].sort(), [...loss.jobs].sort()];
  if (isDeepStrictEqual(said, seen)) return undefined;
  return `the derivation says that ${said.join(", ")} needs it, lost was ${seen.join(", ")}`;
}

/** Whether every job that needs a permission has it by another role too. Then its loss changes nothing. */
export function isGivenTwice({ neededBy }: Derivation): boolean {
  return neededBy.length === 0;
}

/** Where a permission holds, as jobs say it. */
export function scopeOf({ holder, binding: { namespace } }: Removal): Scope {
  if (namespace === undefined) return "cluster";
  return namespace === holder.namespace ? "own namespace" : { namespace };
}
