import assert from "node:assert/strict";
import { test } from "uvu";
import { environmentOf, expand } from "../../../../scripts/lib/rendered/variables.js";

const environment = environmentOf(
  {
    name: "app",
    env: [
      { name: "SIZE", value: "8GB" },
      { name: "BOTH", value: "$(SIZE) $(LATER)" },
      { name: "LATER", value: "x" },
      { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ],
  },
  "monitoring",
  [],
);

test("a variable is replaced by its value, and $$ by one $", () => {
  assert.deepEqual(expand("--size=$(SIZE) $$(SIZE)", environment), { text: "--size=8GB $(SIZE)", missing: [] });
});

test("a variable reads only those before it", () => {
  assert.equal(expand("$(BOTH)", environment).text, "8GB $(LATER)");
});

test("a variable that is not there stays as it is written, and is named", () => {
  assert.deepEqual(expand("$(NONE)", environment), { text: "$(NONE)", missing: ["NONE"] });
});

test("a text with a variable that only the cluster knows has no text yet", () => {
  assert.deepEqual(expand("name=$(POD)", environment), { text: undefined, missing: [] });
});

test("a Secret taken as a whole may bring any variable", () => {
  const open = environmentOf({ name: "app", envFrom: [{ secretRef: { name: "s" } }] }, "monitoring", []);
  assert.deepEqual(expand("$(NONE)", open), { text: undefined, missing: [] });
});

test.run();
