import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import { root } from "../../scripts/lib/project.js";

const test = suite("histograms");

test("no generator writes a bucket by hand", async () => {
  const files = (await readdir(join(root, "generators"), { recursive: true })).filter((file) => file.endsWith(".ts"));
  assert.ok(files.length > 100);
  const texts = files.map(async (file) => [file, await readFile(join(root, "generators", file), "utf8")] as const);
  const written = (await Promise.all(texts)).filter(([, text]) => /_bucket\b/.test(text)).map(([file]) => file);
  assert.deepEqual(written, [], "metrics/promql/histogram.ts writes it, in the form that is asked for");
});

test.run();
