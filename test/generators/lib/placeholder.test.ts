import assert from "node:assert/strict";
import { test } from "uvu";
import { isPlaceholder, placeholder } from "../../../generators/lib/placeholder.js";

test("a placeholder is known as one, and a name is not", () => {
  assert.ok(isPlaceholder(placeholder("the host")));
  assert.ok(!isPlaceholder("prometheus.example.test"));
});

test("no name of Kubernetes can look like one", () => {
  assert.doesNotMatch(placeholder("the host"), /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
});

test.run();
