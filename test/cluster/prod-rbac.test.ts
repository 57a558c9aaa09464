import assert from "node:assert/strict";
import { test } from "uvu";
import { $ } from "zx";
import { permissions } from "../../generators/derive/permissions.js";
import { scrapeJobs } from "../../generators/prometheus/scrape/index.js";
import { defaults } from "../../generators/settings/index.js";
import { where, words } from "../../proof/lib/docs/security.js";
import { type Proof, proveRbac } from "../../proof/lib/rbac/index.js";
import { scopeOf } from "../../proof/lib/rbac/verdict.js";
import { cluster } from "../../scripts/lib/cluster/index.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { ofKind, type Rendered } from "../../scripts/lib/rendered/objects.js";
import { prodShape } from "./lib/prod-shape.js";
import { objectionsTo } from "./lib/proof.js";

const overlay = "overlays/prod";
/** Of these objects `lean` keeps no series, and so it has kube-state-metrics not watch them. */
const ofNoSeries = ["list, watch `replicasets.apps`", "list, watch `services`"].map(
  (permission) => `kube-state-metrics ${permission} everywhere`,
);
const needless = { apiGroups: [""], resources: ["configmaps"], verbs: ["list", "watch"] };

let proofs: Proof[];
let rendered: Rendered;

test.before(async () => {
  const args = ["--overlay", overlay, ...prodShape];
  await $({ cwd: root, quiet: true, stdio: ["ignore", "ignore", "inherit"] })`npm run -s up -- ${args}`;
  const running = await cluster.current();
  if (running === undefined) throw new Error("npm run up succeeded, and there is no cluster");
  rendered = await render(overlay);
  for (const { metadata, rules } of ofKind(rendered.objects, "rbac.authorization.k8s.io/v1/Role")) {
    if (metadata.namespace === "monitoring") rules?.push(needless);
  }
  proofs = await proveRbac(rendered, running.kubectl);
});

test("every permission of the generators was taken away once", () => {
  assert.deepEqual(
    proofs
      .filter((proof) => !isNeedless(proof))
      .map(({ removal }) => [removal.holder.name, words(removal.permission), where(scopeOf(removal))].join(" "))
      .sort(),
    permissions(scrapeJobs(defaults))
      .map(({ holder, rule, scope }) => [holder, words(rule), where(scope)].join(" "))
      .filter((permission) => !ofNoSeries.includes(permission))
      .sort(),
  );
});

test("without each permission is lost what docs/security.md says, and nothing else", () => {
  const needed = proofs.filter((proof) => !isNeedless(proof));
  assert.deepEqual(objectionsTo(needed, rendered), []);
});

test("a permission that nobody needs is found", () => {
  assert.deepEqual(objectionsTo(proofs.filter(isNeedless), rendered), [
    `nothing noticed: it is not needed: ${words(needless)}`,
  ]);
});

test("nothing of the proof is left", async () => {
  const running = await cluster.current();
  const kinds = "pods,serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings";
  const args = ["get", kinds, "--all-namespaces", "--selector=plain-prometheus/proof=rbac", "--output=name"];
  assert.equal(await running?.kubectl.text(args), "");
});

test.run();

function isNeedless({ removal }: Proof): boolean {
  return removal.permission.resources?.[0] === "configmaps";
}
