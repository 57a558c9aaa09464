import assert from "node:assert/strict";
import type { IPolicyRule } from "kubernetes-models/rbac.authorization.k8s.io/v1/PolicyRule";
import type { IRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import { test } from "uvu";
import { permissions } from "../../../generators/derive/permissions.js";
import { stack } from "../../../generators/index.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../generators/settings/index.js";

const listed = permissions(scrapeJobs(defaults));

/** Every single thing that rules allow: a verb, and one resource or path. */
const allowedBy = (rules: readonly IPolicyRule[]) =>
  rules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }) =>
    [...resources, ...nonResourceURLs].flatMap((what) =>
      verbs.map((verb) => [verb, apiGroups, what, resourceNames].join(" ")),
    ),
  );

for (const holder of ["prometheus", "kube-state-metrics"]) {
  test(`the permissions of ${holder} are those of its roles, no more and no fewer`, () => {
    const roles = stack(defaults)
      .filter(({ name }) => name === holder)
      .flatMap(({ objects }) => objects.filter(({ kind }) => kind === "Role" || kind === "ClusterRole"))
      .flatMap((role) => (role.toJSON() as IRole).rules ?? []);
    const mine = listed.filter((permission) => permission.holder === holder).map(({ rule }) => rule);
    assert.deepEqual(allowedBy(mine).sort(), allowedBy(roles).sort());
  });
}

test("a permission that several jobs need is there once and names them all", () => {
  const nodes = listed.filter(({ holder, rule }) => holder === "prometheus" && rule.resources?.[0] === "nodes");
  assert.deepEqual(
    nodes.map(({ neededBy }) => neededBy),
    [["node-exporter", "kubelet", "cadvisor"]],
  );
});

test("nothing reads secrets or ConfigMaps, and nothing writes", () => {
  const all = allowedBy(listed.map(({ rule }) => rule)).join("\n");
  assert.doesNotMatch(all, /secrets|configmaps|nodes\/proxy|\*|create|update|patch|delete/);
});

test.run();
