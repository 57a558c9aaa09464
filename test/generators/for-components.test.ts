import assert from "node:assert/strict";
import { test } from "uvu";
import { forComponents } from "../../generators/for-components.js";
import { defaults, settingsFrom } from "../../generators/settings/index.js";

test("a setting that only a Component shows is named with it, and one that the stack shows is not", () => {
  const settings = settingsFrom({
    scrape: { interval: "30s" },
    prometheus: { replicas: 3 },
    annotatedWorkloads: { samples: 7 },
    thresholds: { etcd: { leaderChanges: 4 } },
    lean: { names: ["node_load1"] },
  });
  const shown = forComponents(settings).map(({ path, components }) => [path.join("."), ...components]);
  assert.deepEqual(shown, [
    ["prometheus.replicas", "prometheus-ha", "sharded"],
    ["annotatedWorkloads.samples", "annotated-workloads"],
    ["lean.names", "lean"],
    ["thresholds.etcd.leaderChanges", "etcd"],
  ]);
});

test("of the usual settings none is named", () => {
  assert.deepEqual(forComponents(defaults), []);
});

test.run();
