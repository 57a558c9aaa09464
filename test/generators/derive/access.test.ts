import assert from "node:assert/strict";
import { test } from "uvu";
import { accessOf, sum } from "../../../generators/derive/access.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../generators/settings/index.js";

const list = ["list", "watch"];

test("discovery of nodes is cluster-wide, and being answered by a kubelet takes nodes/metrics", () => {
  const grants = accessOf({
    job_name: "kubelet",
    authorization: { credentials_file: "/token" },
    metrics_path: "/metrics/cadvisor",
    kubernetes_sd_configs: [{ role: "node" }],
  });
  assert.deepEqual(grants, [
    { scope: "cluster", rule: { apiGroups: [""], resources: ["nodes"], verbs: list } },
    { scope: "cluster", rule: { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] } },
  ]);
});

test("what answers at another port of a node than the kubelet's asks about the path", () => {
  const grants = accessOf({
    job_name: "kube-scheduler",
    authorization: { credentials_file: "/token" },
    kubernetes_sd_configs: [{ role: "node" }],
    relabel_configs: [{ source_labels: ["__address__"], target_label: "__address__", replacement: "$1:10259" }],
  });
  assert.deepEqual(grants[1], { scope: "cluster", rule: { nonResourceURLs: ["/metrics"], verbs: ["get"] } });
});

test("an aggregated API's path is a resource, with its name and subresource", () => {
  const [grant] = accessOf({
    job_name: "kube-scheduler",
    authorization: { credentials_file: "/token" },
    metrics_path: "/apis/metrics.example.com/v1/ksh/container/metrics",
  });
  assert.deepEqual(grant?.rule, {
    apiGroups: ["metrics.example.com"],
    resources: ["ksh/metrics"],
    resourceNames: ["container"],
    verbs: ["get"],
  });
});

test("a job without a token asks nobody for permission to scrape", () => {
  const grants = accessOf({ job_name: "node-exporter", kubernetes_sd_configs: [{ role: "node" }] });
  assert.deepEqual(grants, [{ scope: "cluster", rule: { apiGroups: [""], resources: ["nodes"], verbs: list } }]);
});

test("discovery in the own namespace stays in it", () => {
  const grants = accessOf({
    job_name: "own",
    kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { own_namespace: true } }],
  });
  assert.deepEqual([...new Set(grants.map(({ scope }) => scope))], ["own namespace"]);
});

test("discovery in named namespaces is granted in each of them", () => {
  const grants = accessOf({
    job_name: "named",
    kubernetes_sd_configs: [{ role: "pod", namespaces: { names: ["a", "b"] } }],
  });
  assert.deepEqual(
    grants.map(({ scope }) => scope),
    [{ namespace: "a" }, { namespace: "b" }],
  );
});

test("discovery without namespaces is cluster-wide", () => {
  const grants = accessOf({ job_name: "all", kubernetes_sd_configs: [{ role: "service" }] });
  assert.deepEqual(grants, [{ scope: "cluster", rule: { apiGroups: [""], resources: ["services"], verbs: list } }]);
});

test("a selected name narrows the permission to it", () => {
  const [grant] = accessOf({
    job_name: "one",
    kubernetes_sd_configs: [{ role: "service", selectors: [{ role: "service", field: "metadata.name=kubernetes" }] }],
  });
  assert.deepEqual(grant?.rule.resourceNames, ["kubernetes"]);
});

test("a path that is not the kubelet's is granted by its URL", () => {
  const grants = accessOf({
    job_name: "static",
    authorization: { credentials_file: "/token" },
    static_configs: [{ targets: ["localhost:6443"] }],
  });
  assert.deepEqual(grants, [{ scope: "cluster", rule: { nonResourceURLs: ["/metrics"], verbs: ["get"] } }]);
});

test("rules that differ in their resources alone become one, and none is there twice", () => {
  const rule = (resource: string) => ({ apiGroups: [""], resources: [resource], verbs: list });
  assert.deepEqual(
    sum(["pods", "services", "pods"].map((resource) => ({ scope: "cluster" as const, rule: rule(resource) }))),
    [{ apiGroups: [""], resources: ["pods", "services"], verbs: list }],
  );
});

test("a rule for one name is not merged with a rule for every name", () => {
  const rules = sum([
    { scope: "cluster", rule: { apiGroups: [""], resources: ["pods"], resourceNames: ["kubernetes"], verbs: list } },
    { scope: "cluster", rule: { apiGroups: [""], resources: ["nodes"], verbs: list } },
  ]);
  assert.equal(rules.length, 2);
});

test("no job of the bundle asks for secrets, nodes/proxy, a wildcard or a verb that writes", () => {
  const rules = sum(scrapeJobs(defaults).flatMap(({ config }) => accessOf(config)));
  const words = rules.flatMap(({ resources = [], verbs }) => [...resources, ...verbs]);
  assert.deepEqual([...new Set(words)].sort(), [
    "endpointslices",
    "get",
    "list",
    "nodes",
    "nodes/metrics",
    "pods",
    "services",
    "watch",
  ]);
});

test.run();
