import assert from "node:assert/strict";
import { test } from "uvu";
import { asked, usage } from "../../../../scripts/lib/cost/options.js";
import { read } from "../../../../scripts/lib/run.js";

/** What `npm run cost` refuses, before it asks or renders anything. */
function refused(...args: string[]): string {
  let told = "";
  assert.throws(
    () => asked(read(usage, args).values),
    (error: Error & { cure?: string }) => {
      told = `${error.message}\n${error.cure}`;
      return true;
    },
  );
  return told;
}

for (const option of ["overlay", "context", "kubeconfig", "prometheus"]) {
  test(`--replay is refused beside --${option}, and both are named`, () => {
    assert.match(
      refused("--replay", `--${option}`, "http://a:9090"),
      new RegExp(`--replay asks recorded targets, and --${option} is about what runs: leave one out`),
    );
  });
}

test("--prometheus is refused beside what names a cluster", () => {
  assert.match(
    refused("--prometheus", "http://a:9090", "--kubeconfig", "a"),
    /--prometheus is asked at its address, and --kubeconfig names a cluster: leave one out/,
  );
});

test("an address that is none is told of, with what would be right", () => {
  assert.match(refused("--prometheus", "notaurl"), /--prometheus is "notaurl"\n.*http:\/\/127\.0\.0\.1:9090/);
});

test.run();
