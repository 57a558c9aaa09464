import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { answer } from "../../../generators/lib/krm.js";
import { settingsFrom } from "../../../generators/settings/index.js";

const configMap = (name: string, value = "new") => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "somewhere" },
  data: { value },
});

const input = (fields: object = {}) =>
  JSON.stringify({ apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items: [], ...fields });

const nothing = () => [];

test("what is generated comes after what was in the list", () => {
  const { output, errors } = answer(input({ items: [configMap("theirs")] }), () => [configMap("ours")]);
  assert.deepEqual(errors, []);
  assert.deepEqual(parse(output), {
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items: [configMap("theirs"), configMap("ours")],
    functionConfig: {},
  });
});

test("a second pass replaces what the first one made", () => {
  const items = [configMap("ours", "old"), { ...configMap("ours", "old"), metadata: { name: "ours" } }];
  const { output } = answer(input({ items }), () => [configMap("ours")]);
  assert.deepEqual(parse(output).items, [items[1], configMap("ours")]);
});

test("a list of an older version is answered in that version", () => {
  const { output } = answer(input({ apiVersion: "config.kubernetes.io/v1beta1" }), nothing);
  assert.equal(parse(output).apiVersion, "config.kubernetes.io/v1beta1");
});

test("settings are what functionConfig says below spec", () => {
  const seen: unknown[] = [];
  const see = (spec: unknown) => {
    seen.push(spec);
    return [];
  };
  answer(input({ functionConfig: { apiVersion: "a/v1", kind: "A", metadata: {}, spec: { replicas: 2 } } }), see);
  answer(input({ functionConfig: { spec: null } }), see);
  answer(input(), see);
  assert.deepEqual(seen, [{ replicas: 2 }, null, undefined]);
});

test("settings beside spec are an error and not the defaults", () => {
  const { errors } = answer(input({ functionConfig: { replicas: 2 } }), nothing);
  assert.match(errors.join("\n"), /"functionConfig\.replicas".*functionConfig\.spec/);
});

test("what is no list is told in words", () => {
  assert.deepEqual(answer(input({ items: "a" }), nothing).errors, [
    'the ResourceList\'s "items" is "a": must be a list',
  ]);
});

test("each wrong setting is an error result that names it, and the items come back as they were", () => {
  const list = input({
    items: [configMap("theirs")],
    functionConfig: { spec: { prometheus: { replicas: -1 }, retention: "1d" } },
  });
  const { output, errors } = answer(list, (spec) => [settingsFrom(spec)]);
  assert.equal(errors.length, 2);
  assert.match(errors.join("\n"), /setting "prometheus\.replicas" is -1/);
  assert.match(errors.join("\n"), /unknown setting "retention"/);
  const { items, results } = parse(output);
  assert.deepEqual(items, [configMap("theirs")]);
  assert.deepEqual(
    results,
    errors.map((message) => ({ message, severity: "error" })),
  );
});

test("a generator that throws is an error result", () => {
  const { output, errors } = answer(input(), () => {
    throw new Error("generators/grafana/index.ts: Deployment grafana: no such field");
  });
  assert.deepEqual(errors, ["generators/grafana/index.ts: Deployment grafana: no such field"]);
  assert.equal(parse(output).results[0].severity, "error");
});

for (const [what, text, message] of [
  ["nothing", "", /must be a ResourceList/],
  ["text that is no YAML", "{a: [", /not a YAML document/],
  ["a list of another kind", "{apiVersion: v1, kind: List, items: []}", /"kind" is "List"/],
  ["items that are no list", input({ items: { a: 1 } }), /"items" is Object/],
  ["an item that is no object", input({ items: [3] }), /"items\.0" is 3/],
] as const) {
  test(`${what} on stdin is an error in a ResourceList`, () => {
    const { output, errors } = answer(text, () => [configMap("ours")]);
    assert.match(errors.join("\n"), message);
    const { kind, items } = parse(output);
    assert.deepEqual({ kind, items }, { kind: "ResourceList", items: [] });
  });
}

test.run();
