import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import type { Component } from "../../../../generators/lib/base-and-component.js";
import {
  accessFor,
  featuresOf,
  inOrder,
  type Offer,
  offer,
  platformsOf,
} from "../../../../scripts/lib/new-overlay/components.js";
import { root } from "../../../../scripts/lib/project.js";

const component = (name: string, more: Partial<Component> = {}): Component => ({
  name,
  source: "generators/a.ts",
  about: "",
  ...more,
});

const made: Offer = {
  components: [
    component("a-plain"),
    component("job", { after: ["policies", "ui-policies"], before: ["roles"] }),
    component("job-client", { after: ["job", "stateful"] }),
    component("platform-x", { includes: ["job"] }),
    component("policies"),
    component("roles"),
    component("stateful"),
    component("ui"),
    component("ui-policies", { with: ["ui", "policies"] }),
    component("unfinished", { blanks: { "<set the host>": "docs/a.md" } }),
  ],
  core: [],
  access: [
    { folder: "default", binding: { name: "b", namespace: "default" } },
    { folder: "job", binding: { name: "b-job", namespace: "kube-system" } },
  ],
};

test("what has to be filled in is no feature to choose, and a platform is a question of its own", () => {
  assert.ok(!featuresOf(made).some(({ name }) => name === "unfinished"));
  assert.ok(!featuresOf(made).some(({ name }) => name === "platform-x"));
  assert.deepEqual(platformsOf(made), ["x"]);
});

test("Components are listed in the order that their guards ask for", () => {
  const chosen = ["roles", "job-client", "platform-x", "ui", "a-plain", "policies", "stateful"];
  assert.deepEqual(inOrder(chosen, made), [
    "a-plain",
    "policies",
    "stateful",
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

test("the bundle as it is has Components, a core, and Roles elsewhere", () => {
  const real = offer();
  assert.ok(real.components.some(({ name, blanks }) => name === "ingress" && blanks !== undefined));
  assert.ok(real.core.includes("prometheus"));
  assert.equal(real.access.find(({ folder }) => folder === "default")?.binding.namespace, "default");
});

test("what a Component leaves to the overlay is what its objects leave", () => {
  for (const { name, blanks = {}, ...rest } of offer().components) {
    assert.deepEqual(new Set(JSON.stringify(rest).match(/<set [^>]+>/g)), new Set(Object.keys(blanks)), name);
    for (const page of Object.values(blanks)) {
      assert.ok(
        readFileSync(join(root, page), "utf8").includes(`components/${name}`),
        `${page} shows nothing of ${name}`,
      );
    }
  }
});

test.run();
