import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { base } from "../../../../generators/index.js";
import { allJobs } from "../../../../generators/prometheus/scrape/applications.js";
import { guards } from "../../../../generators/prometheus/scrape/guards.js";
import { scrapeJobs } from "../../../../generators/prometheus/scrape/index.js";
import { defaults, type Settings, settingsFrom } from "../../../../generators/settings/index.js";
import { jobNames } from "../../../../generators/settings/job-names.js";

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

test("the limits of a job are settings, wherever its file is written", () => {
  const limits = { "kubernetes-apiservers": { samples: 600_000 }, "node-exporter": { bodySize: "9MB" } };
  const settings = settingsFrom({ limits });
  const files = base(settings);
  const jobOf = (path: string) => parse(files.get(path) ?? assert.fail(path)).scrape_configs[0];
  for (const folder of ["prometheus", "bare-metal", "components/platform-k3s"]) {
    const { sample_limit, body_size_limit } = jobOf(`${folder}/scrape/kubernetes-apiservers.yml`);
    assert.deepEqual([sample_limit, body_size_limit], [600_000, "92MB"], folder);
  }
  const { sample_limit, body_size_limit } = jobOf("prometheus/scrape/node-exporter.yml");
  assert.deepEqual([sample_limit, body_size_limit], [20_000, "9MB"]);
});

test("limits are those of jobs that there are", () => {
  assert.deepEqual([...jobNames].sort(), [...new Set(allJobs(defaults).map(({ config }) => config.job_name))].sort());
  assert.throws(
    () => settingsFrom({ limits: { nobody: { samples: 1 } } }),
    /"limits\.nobody" .* must be a job: prometheus/,
  );
  assert.throws(
    () => settingsFrom({ limits: { kubelet: { sample: 1 } } }),
    /unknown setting "limits\.kubelet\.sample": did you mean samples\?/,
  );
});

test.run();
