import { setTimeout as sleep } from "node:timers/promises";
import { defaults, milliseconds } from "../../../generators/settings/index.js";
import { apply } from "../../../scripts/lib/apply.js";
import { cluster, imageSources } from "../../../scripts/lib/cluster/index.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { render } from "../../../scripts/lib/render.js";
import { hasPolicies } from "../../../scripts/lib/rendered/network-policy.js";
import { verify } from "../../../scripts/lib/verify/index.js";
import { problemsOf } from "../../../scripts/lib/verify/report.js";
import type { Block } from "./blocks.js";
import { scrapeEvery } from "./config.js";
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

/** How often overlays/prod, which lists `lean`, is scraped. */
const ofLean = defaults.lean.scrapeInterval;

/**
 * Starts an embedded cluster of two nodes and waits until everything runs; clears one away that runs already.
 *
 * @param scrapeInterval - in place of that of `lean`, a duration such as `15s`: faults are over sooner
 * @throws Failure when not every target comes up.
 */
export async function scene(scrapeInterval = ofLean): Promise<Scene> {
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
  if (scrapeInterval !== ofLean) await scrapeEvery(scrapeInterval, started.kubectl);
  const testbed: Testbed = await testbedOf(started, milliseconds(scrapeInterval) / 1000);
  const token: TokenWatch = await watchToken(testbed, rendered);
  const witnesses: readonly Block[] = await putWitnesses(testbed);
  // Every fault needs samples of before it.
  await sleep(30_000);
  return { endure: (fault) => endure(fault, testbed, witnesses), token: token.finish };
}
