import assert from "node:assert/strict";
import { test } from "uvu";
import { jsonSchema } from "../../../../generators/json-schema.js";
import { changedSettings } from "../../../../scripts/lib/upgrade/settings.js";

const schema = (properties: object) => JSON.stringify({ properties });
const setting = (usual: number, description = "Minutes.") => ({ type: "number", default: usual, description });
const group = (properties: object) => ({ type: "object", properties });

test("a schema is no change of itself, whatever is set", () => {
  assert.deepEqual(changedSettings(jsonSchema(), jsonSchema(), "scrape: { interval: 30s }"), []);
});

test("settings that are new and gone are told by their path", () => {
  const changes = changedSettings(schema({ a: setting(1) }), schema({ b: group({ c: setting(1) }) }), "a: 2");
  assert.deepEqual(changes, [
    { name: "a", what: "gone", isSet: true },
    { name: "b.c", what: "new", isSet: false },
  ]);
});

test("a default counts where nothing is set, a meaning where something is", () => {
  const [old, now] = [schema({ a: setting(1) }), schema({ a: setting(2, "Hours.") })];
  assert.deepEqual(changedSettings(old, now, ""), [{ name: "a", what: "default", old: "1", new: "2", isSet: false }]);
  assert.deepEqual(changedSettings(old, now, "a: 5"), [{ name: "a", what: "meaning", isSet: true }]);
  assert.deepEqual(changedSettings(schema({ a: setting(1) }), schema({ a: setting(2) }), "a: 5"), []);
  assert.deepEqual(changedSettings(schema({ a: setting(1) }), schema({ a: setting(1, "Hours.") }), ""), []);
});

test("names that a mapping may have are none of its meaning", () => {
  const named = (...names: string[]) => schema({ alerts: { type: "object", propertyNames: { enum: names } } });
  assert.deepEqual(changedSettings(named("A"), named("A", "B"), "alerts: { A: {} }"), []);
});

test("of a version without a schema nothing is said", () => {
  assert.deepEqual(changedSettings("", schema({ a: setting(1) }), ""), []);
});

test.run();
