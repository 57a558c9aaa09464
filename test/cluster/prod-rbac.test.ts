import assert from "node:assert/strict";
import { test } from "uvu";
import { $ } from "zx";
import { permissions } from "../../generators/derive/permissions.js";
import { scrapeJobs } from "../../generators/prometheus/scrape/index.js";
import { defaults } from "../../generators/settings.js";
import { cluster } from "../../scripts/lib/cluster/index.js";
import { words } from "../../scripts/lib/docs/security.js";
import { root } from "../../scripts/lib/project.js";
import { type Proof, proveRbac } from "../../scripts/lib/rbac/index.js";
import { objectionTo } from "../../scripts/lib/rbac/verdict.js";
import { render } from "../../scripts/lib/render.js";
import { ofKind } from "../../scripts/lib/rendered/objects.js";

const overlay = "overlays/prod";
const needless = { apiGroups: [""], resources: ["configmaps"], verbs: ["list", "watch"] };

let proofs: Proof[];

test.before(async () => {
  const args = ["--overlay", overlay, "--kubelet-tls", "cluster-ca", "--nodes", "2"];
  await $({ cwd: root, quiet: true, stdio: ["ignore", "ignore", "inherit"] })`npm run -s up -- ${args}`;
  const running = await cluster.current();
  if (running === undefined) throw new Error("npm run up succeeded, and there is no cluster");
  const rendered = await render(overlay);
  for (const { metadata, rules } of ofKind(rendered.objects, "rbac.authorization.k8s.io/v1/Role")) {
    if (metadata.namespace === "monitoring") rules?.push(needless);
  }
  proofs = await proveRbac(rendered, running.kubectl);
});

test("every permission of the generators was taken away once", () => {
  assert.equal(proofs.filter((proof) => !isNeedless(proof)).length, permissions(scrapeJobs(defaults)).length);
});

test("without each permission is lost what docs/security.md says, and nothing else", () => {
  const objections = proofs
    .filter((proof) => !isNeedless(proof))
    .flatMap((proof) => objectionTo(proof)?.concat(`: ${words(proof.removal.permission)}`) ?? []);
  assert.deepEqual(objections, []);
});

test("a permission that nobody needs is found", () => {
  assert.deepEqual(proofs.filter(isNeedless).map(objectionTo), ["nothing noticed: it is not needed"]);
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
