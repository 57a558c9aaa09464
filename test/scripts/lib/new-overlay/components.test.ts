import assert from "node:assert/strict";
import { test } from "uvu";
import {
  accessFor,
  type Bundle,
  bundle,
  featuresOf,
  inOrder,
  type Listed,
  platformsOf,
} from "../../../../scripts/lib/new-overlay/components.js";

const component = (name: string, more: Partial<Listed> = {}): Listed => ({
  name,
  includes: [],
  replacesWorkloads: false,
  patches: [],
  changes: [],
  blanks: [],
  ...more,
});

const made: Bundle = {
  components: [
    component("a-plain"),
    component("job", { patches: ["jobs-added", "before-roles"] }),
    component("job-client", { changes: ["job"] }),
    component("platform-x", { includes: ["job"] }),
    component("policies", { patches: ["before-jobs"] }),
    component("roles"),
    component("stateful", { replacesWorkloads: true }),
    component("ui"),
    component("ui-policies", { patches: ["before-jobs"] }),
    component("unfinished", { blanks: ["<set the host>"] }),
  ],
  core: [],
  access: [
    { folder: "default", binding: { name: "b", namespace: "default" } },
    { folder: "job", binding: { name: "b-job", namespace: "kube-system" } },
  ],
};

test("what has to be filled in is no feature to choose, and a platform is a question of its own", () => {
  assert.ok(!featuresOf(made).includes("unfinished"));
  assert.ok(!featuresOf(made).includes("platform-x"));
  assert.deepEqual(platformsOf(made), ["x"]);
});

test("Components are listed in the order that their guards ask for", () => {
  const chosen = ["roles", "job-client", "platform-x", "ui", "a-plain", "policies", "stateful"];
  assert.deepEqual(inOrder(chosen, made), [
    "stateful",
    "policies",
    "a-plain",
    "ui",
    "ui-policies",
    "platform-x",
    "job-client",
    "roles",
  ]);
});

test("where two meet, the Component for both comes with them, and only then", () => {
  assert.ok(inOrder(["ui", "policies"], made).includes("ui-policies"));
  assert.deepEqual(inOrder(["ui"], made), ["ui"]);
  assert.equal(inOrder(["ui", "policies", "ui-policies"], made).filter((name) => name === "ui-policies").length, 1);
});

test("a job's own Role elsewhere is listed where the job is on, be it by a platform", () => {
  const folders = (...chosen: string[]) => accessFor(chosen, made).map(({ folder }) => folder);
  assert.deepEqual(folders("roles"), ["default"]);
  assert.deepEqual(folders("platform-x"), ["default", "job"]);
});

test("the bundle as it is has Components, and what they say of themselves is read", async () => {
  const real = await bundle();
  const find = (name: string) => real.components.find((one) => one.name === name) ?? assert.fail(`no ${name}`);
  assert.ok(find("prometheus-ha").replacesWorkloads);
  assert.ok(!find("alertmanager-ha").replacesWorkloads);
  assert.notDeepEqual(find("ingress").blanks, []);
  assert.deepEqual(find("grafana-anonymous-viewer").includes, ["grafana"]);
  assert.ok(find("network-policies").patches.includes("before-jobs"));
  assert.deepEqual(find("etcd-client-certificate").changes, ["etcd"]);
  assert.deepEqual(find("basic-auth").changes, []);
  assert.ok(real.core.includes("prometheus"));
  assert.equal(real.access.find(({ folder }) => folder === "default")?.binding.namespace, "default");
});

test.run();
