import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { base, components, stack } from "../../generators/index.js";
import type { Files } from "../../generators/lib/lay-out.js";
import { allRuleFiles } from "../../generators/prometheus/rules/index.js";
import { settingsFrom } from "../../generators/settings/index.js";
import { jobNames } from "../../generators/settings/job-names.js";
import { switchedOff } from "../../generators/switched-off.js";
import { bundleProblems, ruleProblems } from "../lib/bundle-problems.js";
import { files as usual } from "../lib/files.js";

const reason = "Somebody else looks at it.";
const off = (...names: string[]) =>
  settingsFrom({ jobs: Object.fromEntries(names.map((name) => [name, { off: reason }])) });
const every = jobNames.filter((name) => name !== "probes");

const without = base(off("node-exporter", "kube-proxy", "etcd"));

test("a job that is off has no file, no rules and no way to its targets, wherever it was", () => {
  const paths = [...without.keys()];
  assert.deepEqual(
    paths.filter((path) =>
      /(node-exporter|kube-proxy|etcd)\.yml$|(kube-proxy|etcd)\.json$|\/node(-io)?\.(json|yml)$/.test(path),
    ),
    [],
  );
  assert.doesNotMatch(text(without, "components/network-policies/network-policy-prometheus.yaml"), /\b9100\b/);
  assert.doesNotMatch(text(without, "components/etcd-client-certificate/kustomization.yaml"), /etcd\.yml/);
});

test("the Components of a job that is off are still there, and change nothing", () => {
  const { resources, configMapGenerator } = parse(text(without, "components/kube-proxy/kustomization.yaml"));
  assert.deepEqual([resources, configMapGenerator], [undefined, undefined]);
});

test("what stands on a job that is off goes, and what only leaves something out by it stays", () => {
  const { alerts, records, stay } = switchedOff(off("kube-state-metrics"));
  const left = allRuleFiles(off("kube-state-metrics")).flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
  const names = left.map((rule) => ("alert" in rule ? rule.alert : rule.record));
  for (const gone of ["KubeStateMetricsDown", "KubeJobFailed", "KubeNodeReadinessFlapping"]) {
    assert.ok(alerts.includes(gone) && !names.includes(gone), gone);
  }
  assert.ok(records.includes("node:kube_node_status_ready:max"));
  for (const kept of ["TargetDown", "KubeletInstanceUnreachable"])
    assert.ok(stay.includes(kept) && names.includes(kept));
  assert.ok(names.includes("KubeletDown") && names.includes("CPUThrottlingHigh"));
});

test("an alert that tells of absence does not fire for ever", () => {
  for (const [job, alert] of [
    ["kubelet", "KubeletDown"],
    ["kubernetes-apiservers", "KubeAPIDown"],
    ["node-exporter", "NodeExporterDown"],
  ] as const) {
    assert.ok(switchedOff(off(job)).alerts.includes(alert), alert);
  }
});

test("a panel that has no series says which job is off, and the others are as they were", () => {
  const panels = (files: Files) =>
    new Map<string, { fieldConfig?: { defaults: { noValue?: string } } }>(
      JSON.parse(text(files, "components/grafana/dashboards/cluster/cluster.json")).panels.map(
        (one: { title: string }) => [one.title, one],
      ),
    );
  const [now, before] = [panels(without), panels(usual)];
  const changed = [...now.keys()].filter(
    (title) => JSON.stringify(now.get(title)) !== JSON.stringify(before.get(title)),
  );
  assert.ok(changed.includes("Processors in use") && changed.length < now.size / 2, changed.join());
  assert.equal(now.get("Processors in use")?.fieldConfig?.defaults.noValue, `Job node-exporter is off: ${reason}`);
});

test("base/README.md says what is off, why, and what went with it; without any it says nothing", () => {
  const readme = text(without, "README.md");
  assert.match(readme, /- `node-exporter`: Somebody else looks at it\./);
  assert.match(readme, /- alerts: .*`NodeExporterDown`/);
  assert.match(readme, /- dashboards: .*`node`/);
  assert.doesNotMatch(text(usual, "README.md"), /settings have off/);
});

test("alerts still reach Alertmanager when no job is on", async () => {
  const settings = off(...every);
  assert.deepEqual(await bundleProblems(settings), []);
  const policies = components(settings, stack(settings)).find(({ name }) => name === "network-policies")?.objects ?? [];
  const own = policies.find(({ metadata }) => metadata?.name === "prometheus-to-alertmanager");
  assert.match(JSON.stringify(own), /9093/);
});

test("nothing is wrong with the rules while some jobs are off", async () => {
  assert.deepEqual(await ruleProblems(off("kubelet", "kube-state-metrics")), []);
});

test("what cannot be off says why, and a job that is off has nothing beside it", () => {
  assert.throws(
    () => off("probes"),
    /"jobs\.probes\.off" is .*: cannot be: components\/blackbox-exporter is for nothing/,
  );
  assert.throws(
    () => settingsFrom({ jobs: { kubelet: { off: reason, samples: 5 } } }),
    /"jobs\.kubelet" is .*: must have nothing beside "off"/,
  );
  assert.throws(() => settingsFrom({ jobs: { kubelet: { off: "" } } }), /"jobs\.kubelet\.off" is ""/);
});

function text(files: Files, path: string): string {
  return files.get(path) ?? assert.fail(`${path} is not there`);
}

test.run();
