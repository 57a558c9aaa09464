import { words } from "../../../proof/lib/docs/security.js";
import { derivationsIn } from "../../../proof/lib/rbac/derivation.js";
import type { Proof } from "../../../proof/lib/rbac/index.js";
import { objectionTo } from "../../../proof/lib/rbac/verdict.js";
import type { Rendered } from "../../../scripts/lib/rendered/objects.js";

/** What is wrong with permissions that were taken away one by one, each with the permission that it is about. */
export function objectionsTo(proofs: readonly Proof[], rendered: Rendered): string[] {
  const derivationOf = derivationsIn(rendered);
  return proofs.flatMap((proof) => {
    const objection = objectionTo(proof, derivationOf(proof.removal));
    return objection === undefined ? [] : [`${objection}: ${words(proof.removal.permission)}`];
  });
}
