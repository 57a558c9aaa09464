import assert from "node:assert/strict";
import { test } from "uvu";
import { placeholder, placeholdersIn } from "../../../generators/lib/placeholder.js";

test("a placeholder is known as one, also within a text, and a name is not", () => {
  const host = placeholder("the host");
  assert.deepEqual(placeholdersIn(host), [host]);
  assert.deepEqual(placeholdersIn(`url: "${host}"\nother: "<set what you like>"`), [host]);
  assert.deepEqual(placeholdersIn("prometheus.example.test"), []);
});

test("no name of Kubernetes can look like one", () => {
  assert.doesNotMatch(placeholder("the host"), /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
});

test.run();
