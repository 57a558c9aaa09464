import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { jsonSchemaFile } from "../../../generators/json-schema.js";
import { defaults } from "../../../generators/settings/index.js";
import type { Failure } from "../../../scripts/lib/failure.js";
import { root } from "../../../scripts/lib/project.js";
import { readSettings } from "../../../scripts/lib/settings.js";

let folder = "";
let file = "";

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "settings-"));
  file = join(folder, "settings.yaml");
});

test.after(() => rm(folder, { recursive: true, force: true }));

test("without a file all settings have their defaults", () => {
  assert.deepEqual(readSettings(join(folder, "none.yaml")), defaults);
});

test("a file of comments alone says nothing", async () => {
  await writeFile(file, "# yaml-language-server: $schema=settings.schema.json\n");
  assert.deepEqual(readSettings(file), defaults);
});

test("a folder, what is no UTF-8 and an alias of nothing are errors that name the file", async () => {
  assert.throws(() => readSettings(folder), /^Failure: \S+: is a folder/);
  await writeFile(file, Buffer.from("prometheus: { externalLabels: { city: M\xfcnchen } }\n", "latin1"));
  assert.throws(() => readSettings(file), /^Failure: \S+settings\.yaml: is no text in UTF-8/);
  await writeFile(file, "runbooks: *none\n");
  assert.throws(() => readSettings(file), /^Failure: \S+settings\.yaml: its aliases cannot be resolved: .* none/);
});

test("what the file does not say has its default", async () => {
  await writeFile(file, "thresholds:\n  node:\n    loadPerCpu: 3\n");
  const { thresholds } = readSettings(file);
  assert.deepEqual(thresholds, { ...defaults.thresholds, node: { ...defaults.thresholds.node, loadPerCpu: 3 } });
});

const wrong: [string, string, RegExp][] = [
  ["an unknown setting", "\nrunbook: docs\n", /settings\.yaml:2: unknown setting "runbook": did you mean runbooks\?/],
  ["a block's unknown setting", "thresholds:\n  node:\n    loadPerCPU: 2\n", /:3: .* did you mean loadPerCpu\?/],
  [
    "a wrong value",
    "runbooks: a\nprometheus: { replicas: none }\n",
    /settings\.yaml:2: setting "prometheus\.replicas" is "none": must be a number/,
  ],
  [
    "an entry of a list",
    "blackboxExporter:\n  probes:\n    - module: tls\n      targets:\n        - a b\n",
    /:5: setting "blackboxExporter\.probes\.0\.targets\.0"/,
  ],
  [
    "what has to be there",
    "blackboxExporter:\n  probes:\n    - module: tls\n",
    /:3: setting "blackboxExporter\.probes\.0\.targets" is/,
  ],
  [
    "two that do not fit",
    "scrape:\n\n  timeout: 1m\n",
    /settings\.yaml:3: setting "scrape\.timeout".* at most scrape\.interval/,
  ],
  [
    "one that the file does not say",
    "\nprometheus:\n  memoryLimit: 256Mi\n",
    /settings\.yaml:2: setting "prometheus\.memoryRequest" is "512Mi"/,
  ],
  [
    "a setting that is there twice",
    "runbooks: a\nrunbooks: b\n",
    /settings\.yaml:2: is no YAML: Map keys must be unique/,
  ],
  [
    "a setting that has moved into a group",
    "\nscrapeInterval: 30s\n",
    /settings\.yaml:2: setting "scrapeInterval" has moved: it is scrape\.interval now/,
  ],
  [
    "the cluster by its name alone",
    "cluster: berlin\n",
    /:1: setting "cluster" is "berlin": .* it is cluster\.name now/,
  ],
  ["what is no YAML", "runbooks: [a\n", /settings\.yaml:2: is no YAML: /],
  ["two documents", "runbooks: a\n---\nrunbooks: b\n", /settings\.yaml:2: is no YAML: /],
  ["an alert that is none", "alerts:\n  KubeJobFaild:\n    off: never\n", /:2: .* did you mean KubeJobFailed\?/],
  ["a list", "- cluster\n", /settings\.yaml:1: settings must be a mapping/],
];

for (const [name, text, message] of wrong) {
  test(`${name} is an error that names the line`, async () => {
    await writeFile(file, text);
    assert.throws(() => readSettings(file), message);
  });
}

test("the example of the document is right, and names the schema that npm run generate writes", async () => {
  const text = await readFile(join(root, "docs/settings.md"), "utf8");
  const [, example = ""] = /```yaml\n(.*?)```/s.exec(text) ?? [];
  await writeFile(file, example);
  assert.notDeepEqual(readSettings(file), defaults);
  assert.equal(/\$schema=(\S+)/.exec(example)?.[1], jsonSchemaFile);
});

test("what this version does not know may be of a newer one, and what is only wrong is not", async () => {
  const cureOf = (text: string) =>
    writeFile(file, text).then(() => {
      try {
        return assert.fail(`taken: ${JSON.stringify(readSettings(file))}`);
      } catch (error) {
        return String((error as Failure).cure);
      }
    });
  for (const text of [
    "federation: {}\n",
    "prometheus:\n  agentMode: true\n",
    "jobs:\n  kubevirt: { samples: 1 }\n",
    "alerts:\n  KubeVirtDown: { severity: info }\n",
  ]) {
    assert.match(await cureOf(text), /; this is plain-prometheus \d+\.\d+\.\d+, and a newer version may know/, text);
  }
  assert.doesNotMatch(await cureOf("prometheus:\n  replicas: 0\n"), /newer/);
});

test("several wrong settings are all named", async () => {
  await writeFile(file, "prometheus:\n  replicas: 0\nnamespace: A\n");
  assert.throws(() => readSettings(file), /settings\.yaml:3: .*\n.*settings\.yaml:2: /);
});

test.run();
