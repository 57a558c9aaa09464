import assert from "node:assert/strict";
import { test } from "uvu";
import { stringify } from "yaml";
import { accessOf } from "../../../../generators/derive/access.js";
import { permissions } from "../../../../generators/derive/permissions.js";
import {
  access,
  additionalAccess,
  additionalGrants,
  clusterRole,
  clusterWideRules,
} from "../../../../generators/prometheus/access.js";
import { coredns } from "../../../../generators/prometheus/scrape/coredns.js";
import { scrapeJobs } from "../../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../../generators/settings/index.js";
import type { ScrapeJob } from "../../../../metrics/scrape-job.js";
import { words } from "../../../../proof/lib/docs/security.js";
import { derivationsIn } from "../../../../proof/lib/rbac/derivation.js";
import { holdersIn, type Removal, removalsOf } from "../../../../proof/lib/rbac/removals.js";
import { ofKind, type Rendered } from "../../../../scripts/lib/rendered/objects.js";

const namespace = "monitoring";
const core = scrapeJobs(defaults);
const withDns = [...core, coredns()];

/** An overlay that runs a Prometheus with these jobs, and with what the generators let it do for them. */
function overlay(jobs: readonly ScrapeJob[]): Rendered {
  const volumes = [{ name: "scrape", configMap: { name: "prometheus-scrape" } }];
  const template = { metadata: { labels: { app: "a" } }, spec: { serviceAccountName: "prometheus", volumes } };
  const data = Object.fromEntries(
    jobs.map(({ config }) => [`${config.job_name}.yml`, stringify({ scrape_configs: [config] })]),
  );
  const more = additionalGrants(jobs, core);
  const objects = [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "prometheus", namespace },
      spec: { selector: { matchLabels: { app: "a" } }, template },
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "prometheus-scrape", namespace }, data },
    ...access(core, namespace),
    ...additionalAccess("more", more, namespace),
  ];
  return { overlay: "overlays/test", text: "", objects: JSON.parse(JSON.stringify(objects)) };
}

function removals(rendered: Rendered): Removal[] {
  return holdersIn(rendered).flatMap((holder) => removalsOf(holder, rendered));
}

/** Which jobs need each permission, as `<role>: <permission>`. */
function needs(rendered: Rendered): Record<string, readonly string[] | undefined> {
  const derivationOf = derivationsIn(rendered);
  return Object.fromEntries(
    removals(rendered).map((removal) => [
      `${removal.binding.roleRef.name}: ${words(removal.permission)}`,
      derivationOf(removal)?.neededBy,
    ]),
  );
}

test("each permission is needed by the jobs that docs/security.md names", () => {
  const rendered = overlay(core);
  const derivationOf = derivationsIn(rendered);
  const derived = removals(rendered).map((removal) => {
    const { neededBy, without } = derivationOf(removal) ?? assert.fail(words(removal.permission));
    return [words(removal.permission), neededBy.toSorted(), without];
  });
  const said = permissions(core)
    .filter(({ holder }) => holder === "prometheus")
    .map(({ rule, neededBy, without }) => [words(rule), neededBy.toSorted(), without]);
  assert.deepEqual(derived.toSorted(), said.toSorted());
});

test("a Component's permission is needed by its job, and what it gives beside another role is missed by nobody", () => {
  const found = needs(overlay(withDns));
  assert.deepEqual(found["plain-prometheus:prometheus-more: list, watch `pods`"], ["coredns"]);
  assert.deepEqual(found["prometheus: list, watch `pods`"], []);
  assert.deepEqual(found["plain-prometheus:prometheus: list, watch `nodes`"], ["node-exporter", "kubelet", "cadvisor"]);
});

test("a permission of which a part is needed by no job is not derived", () => {
  const rendered = overlay(core);
  for (const { rules } of ofKind(rendered.objects, "rbac.authorization.k8s.io/v1/Role")) {
    for (const rule of rules ?? []) if (rule.resources?.includes("pods")) rule.verbs = [...rule.verbs, "get"];
  }
  assert.equal(needs(rendered)["prometheus: list, watch, get `pods`"], undefined);
});

test("where namespaces are kept apart, what is needed in one of them is not derived everywhere", () => {
  const elsewhere = core.flatMap(({ config }) => accessOf(config)).filter(({ scope }) => typeof scope === "object");
  const wide = JSON.parse(JSON.stringify(clusterRole("wide", elsewhere, { name: "prometheus", namespace })));
  const together = overlay(core);
  const apart = overlay(core);
  for (const role of ofKind(apart.objects, "rbac.authorization.k8s.io/v1/ClusterRole")) {
    Object.assign(role, { rules: clusterWideRules(core) });
  }
  const named = "plain-prometheus:prometheus: list, watch `pods` named `kubernetes`";
  assert.deepEqual(needs(together)[named], ["kubernetes-apiservers"]);
  const ofWide = (rendered: Rendered) =>
    needs({ ...rendered, objects: [...rendered.objects, ...wide] })["wide: list, watch `pods` named `kubernetes`"];
  assert.deepEqual(ofWide(together), []);
  assert.equal(ofWide(apart), undefined);
});

test.run();
