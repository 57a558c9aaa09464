import { parseArgs } from "node:util";
import { cluster } from "./lib/cluster/index.js";
import { table } from "./lib/docs/section.js";
import { where, words } from "./lib/docs/security.js";
import { Failure, run } from "./lib/failure.js";
import { duration } from "./lib/progress.js";
import { proveRbac } from "./lib/rbac/index.js";
import { objectionTo, scopeOf } from "./lib/rbac/verdict.js";
import { render } from "./lib/render.js";

const usage = "npm run prove:rbac -- [OVERLAY]";

/**
 * `npm run prove:rbac`: takes each permission of an overlay away from a copy of what has it, and prints what was lost.
 * Exits with 0 only when each was missed, and by exactly the jobs that it was granted for.
 */
await run(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [overlay = "overlays/prod", ...more] = positionals;
  if (more.length > 0) throw new Failure("name one overlay", usage);
  const running = await cluster.current();
  if (running === undefined) {
    throw new Failure(
      "no embedded cluster runs on this machine: the copies are not for a cluster that somebody uses",
      `npm run up -- --overlay ${overlay} --kubelet-tls cluster-ca --nodes 2`,
    );
  }
  const began = Date.now();
  let settled = -1;
  const proofs = await proveRbac(await render(overlay), running.kubectl, (now, of) => {
    if (now !== settled) console.error(`${now} of ${of} copies have come to rest`);
    settled = now;
  });
  const rows = proofs.map((proof) => [
    words(proof.removal.permission),
    where(scopeOf(proof.removal)),
    proof.removal.holder.name,
    proof.loss?.jobs.join(", ") ?? "",
    objectionTo(proof) ?? proof.loss?.effect ?? "",
  ]);
  console.log(table(["Permission", "Where", "Who has it", "Which job lost", "What"], rows));
  const wrong = proofs.filter((proof) => objectionTo(proof) !== undefined);
  console.log(
    `\n${proofs.length} permissions, ${wrong.length} not as derived, took ${duration((Date.now() - began) / 1000)}`,
  );
  process.exitCode = wrong.length === 0 && proofs.length > 0 ? 0 : 1;
});
