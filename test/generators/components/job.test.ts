import assert from "node:assert/strict";
import type { IClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import { test } from "uvu";
import { jobComponents } from "../../../generators/components/job.js";
import { grafana } from "../../../generators/grafana/index.js";
import { stack } from "../../../generators/index.js";
import type { Operation } from "../../../generators/lib/patch.js";
import { optionalJobs } from "../../../generators/prometheus/scrape/optional.js";
import { defaults } from "../../../generators/settings/index.js";

const components = [...stack(defaults), grafana(defaults)];
const features = optionalJobs(defaults).map(jobComponents(defaults, components));
const feature = (name: string) => features.find((one) => one.name === name) ?? assert.fail(`no ${name}`);
const files = (name: string, map: string) =>
  (feature(name).adds ?? []).filter((one) => one.name === map).flatMap((one) => one.files.map((file) => file.name));
const operations = (name: string, patch: string): readonly Operation[] => {
  const found = feature(name).patches?.find((one) => one.name === patch);
  return found !== undefined && "operations" in found ? found.operations : [];
};

for (const name of ["coredns", "kube-proxy", "kube-scheduler", "kube-controller-manager", "etcd"]) {
  test(`${name} comes with its job, its rules and its dashboard`, () => {
    assert.deepEqual(files(name, "prometheus-scrape"), [`${name}.yml`]);
    assert.deepEqual(files(name, "prometheus-rules"), [`${name}.yml`]);
    assert.deepEqual(
      feature(name).configMaps?.map((map) => map.name),
      [`grafana-dashboard-${name}`],
    );
  });
}

test("what the base may do already is not granted again", () => {
  const granting = features.filter(({ objects = [] }) => objects.length > 0).map(({ name }) => name);
  assert.deepEqual(granting, ["coredns", "kubernetes-apiservers-slis"]);
});

test("coredns may list and watch pods, and nothing else", () => {
  const role = feature("coredns")
    .objects?.find(({ kind }) => kind === "ClusterRole")
    ?.toJSON() as IClusterRole;
  assert.deepEqual(role.rules, [{ apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] }]);
});

test("each opens the way to its targets, and to nothing that is open already", () => {
  const opened = (name: string) =>
    operations(name, "way-to-targets").map(({ value }) => (value as { ports: { port: number }[] }).ports);
  assert.deepEqual(opened("etcd"), [[{ protocol: "TCP", port: 2381 }]]);
  assert.deepEqual(opened("coredns"), [[{ protocol: "TCP", port: 9153 }]]);
  assert.deepEqual(opened("kubelet-paths"), []);
  assert.deepEqual(opened("grafana-metrics"), [[{ protocol: "TCP", port: 3000 }]]);
});

test("grafana-metrics lets Prometheus into Grafana too", () => {
  const [opened] = operations("grafana-metrics", "way-into-grafana");
  assert.equal(opened?.path, "/spec/ingress/-");
});

test("each is listed after the policies that it opens, and before what takes its permissions away", () => {
  for (const { name, after, before = [] } of features) {
    assert.deepEqual(after, ["network-policies", "grafana-network-policies"], name);
    assert.deepEqual(before, name === "coredns" ? ["namespaced-access"] : [], name);
  }
});

test.run();
