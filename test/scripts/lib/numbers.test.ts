import assert from "node:assert/strict";
import { test } from "uvu";
import { bytes, count, percent, seconds } from "../../../scripts/lib/numbers.js";

test("bytes are in the largest unit that leaves one of it", () => {
  const all = [0, 1, 1023, 1024, 1536, 150 * 1024, 8_200_000_000, 3e15].map(bytes);
  assert.deepEqual(all, ["0 B", "1 B", "1023 B", "1 KiB", "1.5 KiB", "150 KiB", "7.6 GiB", "2728 TiB"]);
});

test("negative bytes have a unit as large as positive ones", () => {
  assert.deepEqual([-512, -1536, -150 * 1024].map(bytes), ["-512 B", "-1.5 KiB", "-150 KiB"]);
});

test("counts, shares and times", () => {
  assert.equal(count(1_234_567.4), "1,234,567");
  assert.equal(percent(0.374), "37 %");
  assert.deepEqual([0.0004, 0.85, 1.26, 42].map(seconds), ["0.4 ms", "850 ms", "1.3 s", "42 s"]);
});

test.run();
