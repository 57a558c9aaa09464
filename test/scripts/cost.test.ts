import assert from "node:assert/strict";
import { test } from "uvu";
import { child } from "../../scripts/lib/child.js";
import { root } from "../../scripts/lib/project.js";

/** What `npm run cost` refuses, before it asks or renders anything. */
async function refused(...args: string[]): Promise<string> {
  const { code, output } = await child("node", ["scripts/run.js", "scripts/cost.ts", ...args], { cwd: root });
  assert.equal(code, 1, output);
  return output;
}

for (const option of ["overlay", "context", "kubeconfig", "prometheus"]) {
  test(`--replay is refused beside --${option}, and both are named`, async () => {
    assert.match(
      await refused("--replay", `--${option}`, "http://a:9090"),
      new RegExp(`--replay asks recorded targets, and --${option} is about what runs: leave one out`),
    );
  });
}

test("--prometheus is refused beside what names a cluster", async () => {
  assert.match(
    await refused("--prometheus", "http://a:9090", "--kubeconfig", "a"),
    /--prometheus is asked at its address, and --kubeconfig names a cluster: leave one out/,
  );
});

test("an address that is none is told of, with what would be right", async () => {
  assert.match(await refused("--prometheus", "notaurl"), /--prometheus is "notaurl"\n.*http:\/\/127\.0\.0\.1:9090/);
});

test.run();
