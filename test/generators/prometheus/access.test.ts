import assert from "node:assert/strict";
import type { IRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import type { IRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import { test } from "uvu";
import type { KubernetesObject } from "../../../generators/lib/base-and-component.js";
import { access, accessElsewhere, clusterWideRules } from "../../../generators/prometheus/access.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../generators/settings/index.js";

const jobs = scrapeJobs(defaults);
const ofKind = <T>(objects: readonly KubernetesObject[], kind: string) =>
  objects.filter((object) => object.kind === kind).map((object) => object.toJSON() as T);
const everything = ofKind<IRole>(access(jobs, "monitoring"), "ClusterRole")[0]?.rules ?? [];
const [elsewhere] = accessElsewhere(jobs, "monitoring");

test("cluster-wide remain only nodes, their metrics and the path of the API servers' metrics", () => {
  assert.deepEqual(clusterWideRules(jobs), [
    { apiGroups: [""], resources: ["nodes"], verbs: ["list", "watch"] },
    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    { nonResourceURLs: ["/metrics"], verbs: ["get"] },
  ]);
});

test("the ClusterRole of the base is what is cluster-wide and what is elsewhere, no more and no less", () => {
  const apart = [...clusterWideRules(jobs), ...(ofKind<IRole>(elsewhere?.objects ?? [], "Role")[0]?.rules ?? [])];
  const sorted = (rules: readonly object[]) => rules.map((rule) => JSON.stringify(rule)).sort();
  assert.deepEqual(sorted(apart), sorted(everything));
});

test("a namespace that a job names has a folder, a Role for the selected name alone, and a binding to it", () => {
  assert.equal(elsewhere?.name, "access/default");
  const [role] = ofKind<IRole>(elsewhere?.objects ?? [], "Role");
  const [binding] = ofKind<IRoleBinding>(elsewhere?.objects ?? [], "RoleBinding");
  assert.equal(role?.metadata?.namespace, "default");
  for (const { resourceNames } of role?.rules ?? []) assert.deepEqual(resourceNames, ["kubernetes"]);
  assert.equal(binding?.roleRef.name, role?.metadata?.name);
  assert.deepEqual(binding?.subjects, [{ kind: "ServiceAccount", name: "prometheus", namespace: "monitoring" }]);
});

test("each named namespace has a folder of its own, once", () => {
  const named = (job_name: string, ...names: string[]) => ({
    about: "",
    source: "generators/a.ts",
    expects: { every: "node" as const, port: 1 },
    config: { job_name, kubernetes_sd_configs: [{ role: "pod" as const, namespaces: { names } }] },
  });
  const folders = accessElsewhere([named("a", "kube-system", "default"), named("b", "default")], "monitoring");
  assert.deepEqual(
    folders.map(({ name }) => name),
    ["access/kube-system", "access/default"],
  );
});

test.run();
