import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { jsonSchemaFile } from "../../../generators/json-schema.js";
import { defaults } from "../../../generators/settings/index.js";
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
  await writeFile(file, Buffer.from("externalLabels: { city: M\xfcnchen }\n", "latin1"));
  assert.throws(() => readSettings(file), /^Failure: \S+settings\.yaml: is no text in UTF-8/);
  await writeFile(file, "cluster: *none\n");
  assert.throws(() => readSettings(file), /^Failure: \S+settings\.yaml: its aliases cannot be resolved: .* none/);
});

test("what the file does not say has its default", async () => {
  await writeFile(file, "thresholds:\n  node:\n    loadPerCpu: 3\n");
  const { thresholds } = readSettings(file);
  assert.deepEqual(thresholds, { ...defaults.thresholds, node: { ...defaults.thresholds.node, loadPerCpu: 3 } });
});

const wrong: [string, string, RegExp][] = [
  [
    "an unknown setting",
    "\nscrapeIntervall: 15s\n",
    /settings\.yaml:2: unknown setting "scrapeIntervall": did you mean/,
  ],
  ["a block's unknown setting", "thresholds:\n  node:\n    loadPerCPU: 2\n", /:3: .* did you mean loadPerCpu\?/],
  ["a wrong value", "cluster: a\nreplicas: none\n", /settings\.yaml:2: setting "replicas" is "none": must be a number/],
  [
    "an entry of a list",
    "probes:\n  - module: tls\n    targets:\n      - a b\n",
    /:4: setting "probes\.0\.targets\.0"/,
  ],
  ["what has to be there", "probes:\n  - module: tls\n", /:2: setting "probes\.0\.targets" is/],
  [
    "two that do not fit",
    "\n\nscrapeTimeout: 1m\n",
    /settings\.yaml:3: setting "scrapeTimeout".* at most scrapeInterval/,
  ],
  ["one that the file does not say", "memoryLimit: 256Mi\n", /settings\.yaml:1: setting "memoryRequest" is "512Mi"/],
  [
    "a setting that is there twice",
    "cluster: a\ncluster: b\n",
    /settings\.yaml:2: is no YAML: Map keys must be unique/,
  ],
  ["what is no YAML", "cluster: [a\n", /settings\.yaml:2: is no YAML: /],
  ["two documents", "cluster: a\n---\ncluster: b\n", /settings\.yaml:2: is no YAML: /],
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

test("several wrong settings are all named", async () => {
  await writeFile(file, "replicas: 0\n\ncluster: A\n");
  assert.throws(() => readSettings(file), /settings\.yaml:3: .*\n.*settings\.yaml:1: /);
});

test.run();
