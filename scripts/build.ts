import { requireSameVersion } from "./lib/base-version.js";
import { buildOverlay, notLookedAt, problems, removeStale, ruleProblems, ruleTable, table } from "./lib/build.js";
import { checks } from "./lib/checks/index.js";
import { runRuleChecks } from "./lib/checks/rules/index.js";
import { Failure } from "./lib/failure.js";
import { writeBase } from "./lib/generate.js";
import { allOverlays } from "./lib/overlays.js";
import { run } from "./lib/run.js";
import { projectSettings } from "./lib/settings.js";
import { toolchain } from "./lib/toolchain/index.js";
import { unlistedSettings } from "./lib/unlisted.js";

const usage = {
  command: "npm run build -- [OVERLAY ...]",
  about: "Generates base/, then renders and checks the overlays, all of overlays/ where none is named, into dist/.",
  takesOperands: true,
  options: {},
  example: "npm run build -- overlays/devbox",
} as const;

await run(usage, async ({ positionals }) => {
  await requireSameVersion();
  console.log(await writeBase());
  await toolchain.provide([...new Set(checks.flatMap(({ program }) => program ?? []))]);
  const overlays = positionals.length > 0 ? positionals : await allOverlays();
  const rules = await runRuleChecks(projectSettings());
  console.log(ruleTable(rules));
  const wrongRules = ruleProblems(rules);
  if (wrongRules !== "") {
    console.error(`\n${wrongRules}\n`);
    throw new Failure("rules or dashboards are wrong: no overlay was built, and dist/ is as it was");
  }
  const outcomes = await Promise.all(overlays.map((overlay) => buildOverlay(overlay)));
  const lines = [
    table(outcomes),
    ...outcomes.flatMap(({ file }) => (file === undefined ? [] : [`written: ${file}`])),
    ...(await removeStale()).map((file) => `removed: ${file}, whose overlay is gone`),
    ...outcomes.flatMap(({ overlay, unlooked = [] }) => unlooked.map((line) => `not looked at: ${overlay}: ${line}`)),
    ...new Set(outcomes.flatMap(({ copies = [] }) => copies.map((line) => `copy: ${line}`))),
    ...(await unlistedSettings([...new Set([...overlays, ...(await allOverlays())])])),
    ...(await notLookedAt(outcomes.map(({ overlay }) => overlay))),
  ];
  console.log(lines.filter((line) => line !== "").join("\n"));
  const wrong = outcomes.filter(({ file }) => file === undefined);
  if (wrong.length === 0) return;
  console.error(`\n${problems(outcomes)}\n`);
  throw new Failure(
    `${wrong.map(({ overlay }) => overlay).join(", ")}: not built, and what dist/ has of it is as it was`,
  );
});
