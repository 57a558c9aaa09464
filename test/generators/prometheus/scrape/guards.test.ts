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
  const sized = (cluster: Partial<Settings["cluster"]>) =>
    limits({ ...defaults, cluster: { ...defaults.cluster, ...cluster } });
  const changed = (cluster: Partial<Settings["cluster"]>) => {
    const larger = sized(cluster);
    return [...usual].filter(([job, config]) => JSON.stringify(config) !== JSON.stringify(of(larger, job)));
  };
  const names = (cluster: Partial<Settings["cluster"]>) => changed(cluster).map(([job]) => job);
  assert.deepEqual(names({ maxNodes: 1000 }), ["node-exporter", "kubelet", "cadvisor"]);
  assert.deepEqual(names({ maxPods: 10_000 }), ["kube-state-metrics"]);
  assert.deepEqual(names({ maxPodsPerNode: 250 }), ["kubelet", "cadvisor"]);
  assert.equal(of(sized({ maxNodes: 1000 }), "kubelet").target_limit, 2000);
});

test("the limits of a job are settings, wherever its file is written", () => {
  const jobs = { "kubernetes-apiservers": { samples: 600_000 }, "node-exporter": { bodySize: "9MB" } };
  const settings = settingsFrom({ jobs });
  const files = base(settings);
  const jobOf = (path: string) => parse(files.get(path) ?? assert.fail(path)).scrape_configs[0];
  for (const folder of ["prometheus", "bare-metal", "components/platform-k3s"]) {
    const { sample_limit, body_size_limit } = jobOf(`${folder}/scrape/kubernetes-apiservers.yml`);
    assert.deepEqual([sample_limit, body_size_limit], [600_000, "92MB"], folder);
  }
  const { sample_limit, body_size_limit } = jobOf("prometheus/scrape/node-exporter.yml");
  assert.deepEqual([sample_limit, body_size_limit], [20_000, "9MB"]);
});

test("the intervals of a job are settings, and Grafana counts with the longest", () => {
  const files = base(
    settingsFrom({ jobs: { cadvisor: { scrapeInterval: "60s" }, kubelet: { scrapeTimeout: "12s" } } }),
  );
  const jobOf = (path: string) => parse(files.get(path) ?? assert.fail(path)).scrape_configs[0];
  for (const folder of ["prometheus", "bare-metal", "components/insecure-kubelet-tls"]) {
    assert.equal(jobOf(`${folder}/scrape/cadvisor.yml`).scrape_interval, "60s", folder);
    const { scrape_interval, scrape_timeout } = jobOf(`${folder}/scrape/kubelet.yml`);
    assert.deepEqual([scrape_interval, scrape_timeout], [undefined, "12s"], folder);
  }
  assert.match(files.get("components/grafana/datasources.yml") ?? "", /timeInterval: 60s/);
});

test("further external labels are wherever Prometheus runs", () => {
  const files = base(settingsFrom({ prometheus: { externalLabels: { region: "eu: 1", tier: "prod" } } }));
  for (const path of [
    "prometheus/prometheus.yml",
    "components/basic-auth/prometheus.yml",
    "bare-metal/prometheus.yml",
  ]) {
    const { global } = parse(files.get(path) ?? assert.fail(path));
    const { cluster, replica, ...others } = global.external_labels;
    assert.ok(cluster);
    assert.deepEqual(others, { region: "eu: 1", tier: "prod" }, path);
  }
});

const wrong: [string, object, RegExp][] = [
  ["a job that there is not", { jobs: { kubelt: {} } }, /"jobs\.kubelt" .* must be a job: did you mean kubelet\?/],
  ["a rare scrape", { jobs: { kubelet: { scrapeInterval: "5m" } } }, /"jobs\.kubelet\.scrapeInterval" .* at most 75s/],
  [
    "a timeout above the job's interval",
    { jobs: { kubelet: { scrapeInterval: "5s", scrapeTimeout: "6s" } } },
    /"jobs\.kubelet\.scrapeTimeout" is "6s": must be at most the job's interval, which is 5s/,
  ],
  [
    "a timeout above the interval of all",
    { jobs: { kubelet: { scrapeTimeout: "20s" } } },
    /must be at most the job's interval, which is 15s/,
  ],
  [
    "a label with its own setting",
    { prometheus: { externalLabels: { cluster: "a" } } },
    /"prometheus\.externalLabels\.cluster" .* must not be one of/,
  ],
  ["a label that is none", { prometheus: { externalLabels: { "a-b": "a" } } }, /must be the name of a label/],
  [
    "a value that Prometheus replaces",
    { prometheus: { externalLabels: { a: "$HOME" } } },
    /must be text in one line without "\$"/,
  ],
  ["an empty value", { prometheus: { externalLabels: { a: "" } } }, /must not be empty/],
];

for (const [name, settings, message] of wrong) {
  test(`${name} is an error`, () => assert.throws(() => settingsFrom(settings), message));
}

test("limits are those of jobs that there are", () => {
  assert.deepEqual([...jobNames].sort(), [...new Set(allJobs(defaults).map(({ config }) => config.job_name))].sort());
  assert.throws(
    () => settingsFrom({ jobs: { nobody: { samples: 1 } } }),
    /"jobs\.nobody" .* must be a job: prometheus/,
  );
  assert.throws(
    () => settingsFrom({ jobs: { kubelet: { sample: 1 } } }),
    /unknown setting "jobs\.kubelet\.sample": did you mean samples\?/,
  );
});

test.run();
