import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { test } from "uvu";
import { md5 } from "../../metrics/md5.js";
import { relabel } from "../../metrics/relabelling.js";

test("MD5 is that of OpenSSL, whatever the text and its length", () => {
  const same = (text: string) =>
    assert.equal(Buffer.from(md5(text)).toString("hex"), createHash("md5").update(text).digest("hex"));
  for (let length = 50; length < 70; length += 1) same("x".repeat(length));
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), same));
});

test("hashmod leaves the remainder that Prometheus does", () => {
  // As in Prometheus' own model/relabel/relabel_test.go.
  for (const [text, remainder] of [
    ["baz", "976"],
    ["foo\nbar", "734"],
  ] as const) {
    const step = { action: "hashmod", source_labels: ["a"], target_label: "hash", modulus: 1000 };
    const found = relabel(new Map([["a", text]]), [step]);
    assert.equal("labels" in found && found.labels.get("hash"), remainder);
  }
});

test("hashmod of what only the cluster knows is not known", () => {
  const step = { action: "hashmod", source_labels: ["__meta_kubernetes_node_name"], target_label: "hash", modulus: 2 };
  const found = relabel(new Map(), [step, { action: "keep", source_labels: ["hash"], regex: "0" }]);
  assert.ok("labels" in found);
});

test.run();
