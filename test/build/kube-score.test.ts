import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";

const overlay = "overlays/prod";

/** One object as `kube-score score -o json` scores it. */
interface Scored {
  readonly object_meta: { readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
  }[];
}

/** The highest grade of a warning. Source: scorecard/scorecard.go of kube-score. */
const warning = 5;

/** What kube-score finds critical or worth a warning, as `check: object`. */
async function found(): Promise<string[]> {
  const { text } = await render(overlay);
  const flags = [
    "--kubernetes-version",
    `v${(await toolchain.version("kubectl")).split(".", 2).join(".")}`,
    "-o",
    "json",
  ];
  const command = await toolchain.tool("kube-score");
  // It exits with 1 when it finds something critical.
  const { stdout } = await $({ input: text, quiet: true, nothrow: true })`${command} score ${flags} -`;
  const scored = JSON.parse(stdout) as Scored[];
  assert.ok(scored.length > 10, `kube-score read ${scored.length} objects`);
  return scored.flatMap(({ object_meta, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade <= warning)
      .map(({ check }) => `${check.id}: ${object_meta.name}`),
  );
}

/** What docs/decisions.md argues for, in the same form. */
async function argued(): Promise<string[]> {
  const text = await readFile(join(root, "docs/decisions.md"), "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith("What kube-score finds")) ?? "";
  return [...section.matchAll(/^\| ([a-z-]+) \| ([^|]+) \| [^|]{20,} \|$/gm)]
    .filter(([, check]) => check !== "check")
    .flatMap(([, check, objects = ""]) => objects.split(", ").map((object) => `${check}: ${object}`));
}

test("overlays/prod has no finding of kube-score that docs/decisions.md does not argue for, and no argument too many", async () => {
  assert.deepEqual((await found()).sort(), (await argued()).sort());
});

test.run();
