import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { type Image, images, versionOf } from "../../generators/versions.js";
import { type Flags, problemsOf } from "../../scripts/lib/checks/flags/index.js";
import { root } from "../../scripts/lib/project.js";
import { type ToolName, toolchain } from "../../scripts/lib/toolchain/index.js";

/*
 * scripts/lib/checks/flags/programs.json is what the real programs say: WRITE_FLAGS=1 node --import tsx test/build/flags.test.ts
 * writes it anew after a bump of versions.
 */

const file = join(root, "scripts/lib/checks/flags/programs.json");
const run = $({ quiet: true, nothrow: true });

const programs: Readonly<Record<string, { tool: ToolName; image: Image; hidden: readonly string[] }>> = {
  // Flags that --help does not show, and that people use: a sidecar that uploads blocks wants the first two.
  prometheus: {
    tool: "prometheus",
    image: images.prometheus,
    hidden: [
      "storage.tsdb.min-block-duration",
      "storage.tsdb.max-block-duration",
      "storage.tsdb.max-block-chunk-segment-size",
      "storage.tsdb.wal-segment-size",
      "scrape.timestamp-tolerance",
    ],
  },
  alertmanager: { tool: "alertmanager", image: images.alertmanager, hidden: [] },
  "node-exporter": {
    tool: "node_exporter",
    image: images.nodeExporter,
    hidden: [
      "collector.diskstats.ignored-devices",
      "collector.filesystem.ignored-fs-types",
      "collector.filesystem.ignored-mount-points",
      "collector.filesystem.mount-timeout",
      "collector.filesystem.stat-workers",
      "collector.netdev.device-blacklist",
      "collector.netdev.device-whitelist",
      "collector.systemd.unit-blacklist",
      "collector.systemd.unit-whitelist",
    ],
  },
  "blackbox-exporter": { tool: "blackbox_exporter", image: images.blackboxExporter, hidden: [] },
  "kube-state-metrics": { tool: "kube-state-metrics", image: images.kubeStateMetrics, hidden: [] },
};

async function flagsOf({ tool, hidden }: { tool: ToolName; hidden: readonly string[] }): Promise<Flags> {
  const program = await toolchain.tool(tool);
  const help = await run`${program} --help`;
  const flags = flagsIn(`${help.stdout}\n${help.stderr}`);
  for (const name of hidden) {
    const { exitCode, stderr } = await run`${program} --${name}=1s --version`;
    assert.doesNotMatch(exitCode === 0 ? "" : stderr, /unknown long flag/, `${tool} has no --${name}`);
  }
  return { ...flags, values: [...new Set([...flags.values, ...hidden])].sort() };
}

const known: Record<string, { version: string } & Flags> = {};
for (const [name, program] of Object.entries(programs)) {
  known[name] = { version: versionOf(program.image), ...(await flagsOf(program)) };
}
if (process.env.WRITE_FLAGS === "1") await writeFile(file, `${JSON.stringify(known, null, 2)}\n`);

test("the recorded flags are those of the pinned programs", async () => {
  assert.deepEqual(JSON.parse(await readFile(file, "utf8")), known);
});

const tries: readonly [program: string, argument: string, right: boolean][] = [
  ["prometheus", "--web.enable-lifecycle", true],
  ["prometheus", "--no-web.enable-lifecycle", true],
  ["prometheus", "--web.enable-lifecycle=true", false],
  ["prometheus", "--storage.tsdb.retention=15d", false],
  ["alertmanager", "--cluster.peer=a:1", true],
  ["node-exporter", "--no-collector.wifi", true],
  ["node-exporter", "--collector.filesystem.ignored-mount-points=a", true],
  ["node-exporter", "--collector.nope", false],
  ["blackbox-exporter", "--history.limit=1", true],
];

for (const [name, argument, right] of tries) {
  test(`${name} ${right ? "takes" : "refuses"} ${argument}`, async () => {
    const tool = programs[name]?.tool ?? "prometheus";
    const { exitCode } = await run`${await toolchain.tool(tool)} ${argument} --version`;
    assert.equal(exitCode === 0, right);
    assert.equal(problemsOf(name, [argument]).length === 0, right, problemsOf(name, [argument]).join());
  });
}

/** Reads what a program prints for `--help`: Kingpin's of Prometheus' programs, or pflag's of kube-state-metrics. */
function flagsIn(help: string): Flags {
  const isKingpin = help.includes("--[no-]");
  const lines = [
    ...help.matchAll(/^ {2,6}(?:-\w, |)--(\[no-\])?([\w.-]+)(=.*?)?((?: [a-z]\S*)?) *(\.\.\.)?(?: {2,}.*)?$/gim),
  ];
  const found = lines.map(([, negatable, name = "", value, type = "", dots]) => ({
    name,
    isSwitch: isKingpin ? negatable !== undefined || (value === undefined && type === "") : type === "",
    repeats: !isKingpin || dots !== undefined,
  }));
  const names = (which: (one: (typeof found)[number]) => boolean) =>
    [...new Set(found.filter(which).map(({ name }) => name))].sort();
  return {
    values: names(({ isSwitch }) => !isSwitch),
    repeatable: names(({ isSwitch, repeats }) => !isSwitch && repeats),
    switches: names(({ isSwitch }) => isSwitch),
    negated: isKingpin ? "--no-" : "=false",
  };
}

test.run();
