import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import { stringify } from "yaml";
import { base } from "../../generators/index.js";
import { defaults, type Settings } from "../../generators/settings/index.js";
import { buildOverlay, problems } from "../../scripts/lib/build.js";
import { writeBase } from "../../scripts/lib/generate.js";
import { broughtFor, bundleProblems, read, ruleProblems } from "../lib/bundle-problems.js";
import { oddSettings } from "../lib/odd-settings.js";

/** `SEED=7 npm test -- build` tries others. */
const seed = Number(process.env.SEED ?? 2);

/** Components that build together. */
const components = [
  "prometheus-ha",
  "alertmanager-ha",
  "network-policies",
  "grafana-anonymous-viewer",
  "grafana-network-policies",
];

const taken = fc.sample(oddSettings, { seed, numRuns: 28 }).map(read).filter(areSettings);

test("odd settings that are taken give a bundle in which nothing is wrong", async () => {
  assert.ok(taken.length >= 6, `only ${taken.length} were taken`);
  // What is wrong with the rules whatever the settings are, test/build/rules.test.ts tells.
  const usual = await ruleProblems(defaults);
  for (const settings of taken) {
    const odd = (await ruleProblems(settings)).filter((problem) => !usual.includes(problem));
    assert.deepEqual([...(await bundleProblems(settings)), ...odd], [], told(settings));
  }
});

test("every program takes what they give, also with Components", async () => {
  for (const settings of taken.slice(0, 4)) {
    const folder = await mkdtemp(join(tmpdir(), "odd-settings-"));
    try {
      await writeBase(folder, () => base(settings));
      const overlay = join(folder, "overlay");
      await mkdir(overlay);
      const brought = broughtFor(settings);
      for (const [index, object] of brought.entries())
        await writeFile(join(overlay, `${index}.yaml`), stringify(object));
      const kustomization = {
        resources: ["../base", ...brought.map((_, index) => `${index}.yaml`)],
        components: components.map((name) => `../base/components/${name}`),
      };
      await writeFile(join(overlay, "kustomization.yaml"), stringify(kustomization));
      const outcome = await buildOverlay(overlay, join(folder, "dist"));
      assert.equal(problems([outcome]), "", told(settings));
      assert.ok(outcome.file !== undefined);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
});

function areSettings(result: Settings | readonly string[]): result is Settings {
  return !Array.isArray(result);
}

function told(settings: Settings): string {
  return `with seed ${seed}, for ${JSON.stringify(settings)}`;
}

test.run();
