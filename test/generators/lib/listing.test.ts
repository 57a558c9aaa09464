import assert from "node:assert/strict";
import { test } from "uvu";
import { components } from "../../../generators/index.js";
import type { Component, ConfigMapFiles, Rewrite } from "../../../generators/lib/base-and-component.js";
import { board, earlierThan, guardOf, neededBy, rulesOf, withIncluded } from "../../../generators/lib/listing.js";
import type { Patch } from "../../../generators/lib/patch.js";
import { defaults } from "../../../generators/settings/index.js";

const map = (...files: string[]): ConfigMapFiles => ({
  name: "scrape",
  namespace: "ns",
  labels: {},
  folder: "",
  files: files.map((name) => ({ name, source: "generators/a.ts", content: {} })),
});
const rewrite = (file: string): Rewrite => ({
  map: "scrape",
  file,
  place: "behind",
  text: { name: "more.yml", source: "generators/a.ts", content: {} },
});
const component = (name: string, more: Partial<Component> = {}): Component => ({
  name,
  source: "generators/a.ts",
  about: "",
  ...more,
});

const pod = component("pod");
const login = component("login", { after: ["pod"] });
const roles = component("roles");
const job = component("job", { adds: [map("job.yml")], before: ["roles"] });
const insecure = component("insecure", { replaces: [map("job.yml", "base.yml")] });
const further = component("further", { needs: ["pod"], configMaps: [map("own.yml")], rewrites: [rewrite("own.yml")] });
const platforms = ["one", "two"].map((name) => component(name, { oneOf: "platform", includes: ["job"] }));
const all = [pod, login, roles, job, insecure, further, ...platforms];

const steps = (one: Component) =>
  guardOf(one, all)?.operations.map((step) => [step.op, step.path.replace("/data/", ""), step.value]);

test("what has to be listed before a Component is said by it, by the other one, or by a file that it replaces", () => {
  assert.deepEqual(earlierThan(login, all), ["pod"]);
  assert.deepEqual(earlierThan(roles, all), ["job"]);
  assert.deepEqual(earlierThan(insecure, all), ["job"]);
  assert.deepEqual(neededBy(insecure, all), ["job"]);
  assert.deepEqual(neededBy(login, all), []);
});

test("the later one writes that it was listed, and the earlier one tests that nobody did", () => {
  assert.deepEqual(steps(login), [["replace", "list-login-after-pod", "login"]]);
  assert.deepEqual(steps(pod)?.slice(0, 1), [["test", "list-login-after-pod", "none"]]);
});

test("who needs another one tests that it was listed", () => {
  const [needing] = steps(insecure) ?? [];
  assert.deepEqual(needing, ["test", "list-insecure-after-job", "job"]);
  assert.deepEqual(
    steps(job)?.filter(([, key]) => key === "list-insecure-after-job"),
    [
      ["test", "list-insecure-after-job", "none"],
      ["replace", "list-insecure-after-job", "job"],
    ],
  );
});

test("who names another one needs it, and what it brings and rewrites itself has nothing to do with order", () => {
  assert.deepEqual(earlierThan(further, all), ["pod"]);
  assert.deepEqual(steps(further), [["test", "list-further-after-pod", "pod"]]);
  assert.deepEqual(steps(pod)?.slice(1), [
    ["test", "list-further-after-pod", "none"],
    ["replace", "list-further-after-pod", "pod"],
  ]);
});

test("a file is replaced once, and brought once where it is replaced", () => {
  const claimed = (key: string, name: string) => [
    ["test", key, "none"],
    ["replace", key, name],
  ];
  for (const [one, key] of [
    [insecure, "only-one-component-replaces.scrape.job.yml"],
    [insecure, "only-one-component-replaces.scrape.base.yml"],
    [job, "only-one-component-brings.scrape.job.yml"],
  ] as const) {
    assert.deepEqual(
      steps(one)?.filter(([, other]) => other === key),
      claimed(key, one.name),
    );
  }
});

test("of a set one is listed", () => {
  for (const one of platforms) {
    assert.deepEqual(steps(one), [
      ["test", "only-one-platform", "none"],
      ["replace", "only-one-platform", one.name],
    ]);
  }
});

test("the ConfigMap has a line for every test and every write, a sentence for every line, and is for the build alone", () => {
  const { metadata, data } = board(all, "ns").toJSON() as { metadata: { annotations: object }; data: object };
  const used = all.flatMap((one) => steps(one) ?? []).map(([, key]) => key);
  assert.deepEqual(Object.keys(data), [...new Set(used)].sort());
  assert.deepEqual([...rulesOf(all).keys()].sort(), Object.keys(data));
  assert.deepEqual(metadata.annotations, { "config.kubernetes.io/local-config": "true" });
});

test("a Component comes with those that it includes", () => {
  assert.deepEqual(
    platforms.map((one) => withIncluded(one, all).map(({ name }) => name)),
    [
      ["one", "job"],
      ["two", "job"],
    ],
  );
});

/** Names of all that come before a Component, those before these among them. */
function allBefore(one: Component, among: readonly Component[]): readonly string[] {
  const before = among.filter(({ name }) => earlierThan(one, among).includes(name));
  return before.flatMap((other) => [other.name, ...allBefore(other, among)]);
}

function changes(patch: Patch, { kind, metadata }: { readonly kind: string; readonly metadata?: { name?: string } }) {
  const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
  const merged = "merge" in patch ? { kind: patch.merge.kind, name: patch.merge.metadata.name } : undefined;
  const target = patch.target ?? merged ?? assert.fail();
  return whole(target.kind).test(kind) && whole(target.name).test(metadata?.name ?? "");
}

test("a Component that changes an object of another one comes after it", () => {
  const real = components(defaults);
  let seen = 0;
  for (const one of real) {
    const before = allBefore(one, real);
    for (const other of real) {
      const changed = (other.objects ?? []).filter((object) => one.patches?.some((patch) => changes(patch, object)));
      if (other === one || changed.length === 0) continue;
      seen += 1;
      const isApart = other.name in (one.excludes ?? {}) || one.name in (other.excludes ?? {});
      const waits = before.includes(other.name) || one.includes?.includes(other.name);
      assert.ok(isApart || waits, `${one.name} does not wait for ${other.name}`);
    }
  }
  assert.ok(seen > 10, `only ${seen}`);
});

test.run();
