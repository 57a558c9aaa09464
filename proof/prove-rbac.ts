import { cluster } from "../scripts/lib/cluster/index.js";
import { Failure, Misuse } from "../scripts/lib/failure.js";
import { duration } from "../scripts/lib/progress.js";
import { render } from "../scripts/lib/render.js";
import { run } from "../scripts/lib/run.js";
import { where, words } from "./lib/docs/security.js";
import { table } from "./lib/markdown-table.js";
import { derivationsIn } from "./lib/rbac/derivation.js";
import { proveRbac } from "./lib/rbac/index.js";
import { isGivenTwice, objectionTo, scopeOf } from "./lib/rbac/verdict.js";
import { withObjectStore } from "./lib/rbac/with-object-store.js";

const usage = {
  command: "npm run prove-rbac -- [OVERLAY]",
  about: "Takes each permission of an overlay away from a copy of what has it, and prints what was lost.",
  takesOperands: true,
  options: {},
  exits: { 0: "each was missed, and by exactly the jobs that it was granted for" },
  example: "npm run prove-rbac -- overlays/prod",
} as const;

await run(usage, async ({ positionals }) => {
  const [overlay = "overlays/prod", ...more] = positionals;
  if (more.length > 0) throw new Misuse("name one overlay");
  const running = await cluster.current();
  if (running === undefined) {
    throw new Failure(
      "no embedded cluster runs on this machine: the copies are not for a cluster that somebody uses",
      `npm run up -- --overlay ${overlay} --kubelet-tls cluster-ca --nodes 2`,
    );
  }
  const began = Date.now();
  let settled = -1;
  const rendered = await render(overlay);
  const derivationOf = derivationsIn(rendered);
  const onProgress = (now: number, of: number) => {
    if (now !== settled) console.error(`${now} of ${of} copies have come to rest`);
    settled = now;
  };
  const proofs = await withObjectStore(rendered, running, () => proveRbac(rendered, running.kubectl, { onProgress }));
  const judged = proofs.map((proof) => {
    const derivation = derivationOf(proof.removal);
    const twice = derivation !== undefined && isGivenTwice(derivation);
    return { ...proof, objection: objectionTo(proof, derivation), twice };
  });
  const rows = judged.map(({ removal, loss, objection, twice }) => [
    words(removal.permission),
    where(scopeOf(removal)),
    removal.holder.name,
    loss?.jobs.join(", ") ?? "",
    objection ?? loss?.effect ?? (twice ? "nothing: another role gives it too" : ""),
  ]);
  console.log(table(["Permission", "Where", "Who has it", "Which job lost", "What"], rows));
  const wrong = judged.filter(({ objection }) => objection !== undefined);
  console.log(
    `\n${proofs.length} permissions, ${wrong.length} not as derived, took ${duration((Date.now() - began) / 1000)}`,
  );
  process.exitCode = wrong.length === 0 && proofs.length > 0 ? 0 : 1;
});
