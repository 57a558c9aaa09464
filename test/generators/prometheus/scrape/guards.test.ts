import assert from "node:assert/strict";
import { test } from "uvu";
import { guards } from "../../../../generators/prometheus/scrape/guards.js";
import { scrapeJobs } from "../../../../generators/prometheus/scrape/index.js";
import { defaults, type Settings } from "../../../../generators/settings/index.js";

const limits = (settings: Settings) =>
  new Map(scrapeJobs(settings).map(({ config }) => [config.job_name, { ...config }] as const));
const usual = limits(defaults);
const of = (jobs: typeof usual, name: string) => jobs.get(name) ?? assert.fail(`no job ${name}`);

/** Samples of one target on a node with 62 pods, in an idle cluster of one node. */
const seen = {
  "node-exporter": 2_220,
  kubelet: 2_196,
  cadvisor: 9_385,
  "kubernetes-apiservers": 47_065,
  "kube-state-metrics": 4_160,
};

test("every job has every limit", () => {
  for (const config of usual.values()) {
    for (const limit of [
      "target_limit",
      "sample_limit",
      "body_size_limit",
      "label_limit",
      "label_value_length_limit",
    ]) {
      assert.ok(limit in config, `${config.job_name} has no ${limit}`);
    }
  }
});

test("what was measured is less than half of what is let through", () => {
  for (const [job, samples] of Object.entries(seen)) {
    assert.ok(2 * samples < (of(usual, job).sample_limit ?? 0), `${job}: ${samples} samples`);
  }
});

test("the body may be as large as the samples in it", () => {
  assert.equal(guards({ targets: 1, samples: 2 ** 20, bytesPerSample: 100 }).body_size_limit, "200MB");
  assert.equal(guards({ targets: 1, samples: 1, bytesPerSample: 1 }).body_size_limit, "1MB");
});

test("a larger cluster raises what grows with it, and nothing else", () => {
  const changed = (settings: Partial<Settings>) => {
    const larger = limits({ ...defaults, ...settings });
    return [...usual].filter(([job, config]) => JSON.stringify(config) !== JSON.stringify(of(larger, job)));
  };
  const names = (settings: Partial<Settings>) => changed(settings).map(([job]) => job);
  assert.deepEqual(names({ maxNodes: 1000 }), ["node-exporter", "kubelet", "cadvisor"]);
  assert.deepEqual(names({ maxPods: 10_000 }), ["kube-state-metrics"]);
  assert.deepEqual(names({ maxPodsPerNode: 250 }), ["kubelet", "cadvisor"]);
  assert.equal(of(limits({ ...defaults, maxNodes: 1000 }), "kubelet").target_limit, 2000);
});

test.run();
