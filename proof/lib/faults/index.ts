import { setTimeout as sleep } from "node:timers/promises";
import { apply } from "../../../scripts/lib/apply.js";
import { cluster, imageSources } from "../../../scripts/lib/cluster/index.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { render } from "../../../scripts/lib/render.js";
import { hasPolicies } from "../../../scripts/lib/rendered/network-policy.js";
import { verify } from "../../../scripts/lib/verify/index.js";
import { problemsOf } from "../../../scripts/lib/verify/report.js";
import type { Block } from "./blocks.js";
import { type Endured, endure, type Fault } from "./endure.js";
import { type Testbed, testbedOf } from "./testbed.js";
import { type TokenWatch, watchToken } from "./token.js";
import { putWitnesses } from "./volume.js";

export type { Endured, Fault } from "./endure.js";
export { faults } from "./faults.js";
export { objections, reliabilityTable, renewed } from "./table.js";

const overlay = "proof/lib/faults/small-volumes";

/** A fresh embedded cluster with overlays/prod on it, for faults to happen to. */
export interface Scene {
  endure(fault: Fault): Promise<Endured>;
  /** What came of the token that was watched meanwhile. */
  token(): Promise<Endured>;
}

/**
 * Starts an embedded cluster of two nodes and waits until everything runs; clears one away that runs already.
 *
 * @throws Failure when not every target comes up.
 */
export async function scene(): Promise<Scene> {
  await cluster.stop();
  const rendered = await render(overlay);
  const shape = { kubeletTls: "cluster-ca", nodes: 2, enforcing: hasPolicies(rendered) } as const;
  const started = await cluster.start({ ...shape, images: imageSources() });
  await apply(rendered, started.kubectl);
  const report = await verify({ overlay, kubectl: started.kubectl, waitMilliseconds: 300_000 });
  if (!report.ok)
    throw new Failure(
      problemsOf(report)
        .map(({ subject, reason }) => `${subject}: ${reason}`)
        .join("\n"),
    );
  const testbed: Testbed = await testbedOf(started);
  const token: TokenWatch = await watchToken(testbed, rendered);
  const witnesses: readonly Block[] = await putWitnesses(testbed);
  // Every fault needs samples of before it.
  await sleep(30_000);
  return { endure: (fault) => endure(fault, testbed, witnesses), token: token.finish };
}
