import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import { parse } from "yaml";
import { base, stack } from "../../generators/index.js";
import { objectsOf } from "../../generators/lib/objects.js";
import { defaults, type Settings, settingsFrom } from "../../generators/settings/index.js";
import { images } from "../../generators/versions.js";
import { withoutEffect } from "../../generators/without-effect.js";
import { type Setting, settingsTree } from "../../proof/lib/settings-tree.js";
import { root } from "../../scripts/lib/project.js";
import { numbers, texts } from "../lib/odd-settings.js";

const leaves = leavesOf(settingsTree(), []);

const make = (settings: Settings) => stack(settings).flatMap(objectsOf);
const usual = JSON.stringify(make(defaults));
/** Those that change nothing of the stack alone. */
const idle = leaves.filter(({ settings }) => JSON.stringify(make(settings)) === usual);

test("each setting has another value, which changes something in base/", () => {
  assert.ok(leaves.length > 100, `only ${leaves.length} settings`);
  const files = [...base(defaults)];
  for (const { path, settings } of idle) {
    // Whoever calls the generators puts the expressions of the files in its place: test/scripts/lib/lean-files.test.ts.
    if (path === "lean.files") continue;
    const others = base(settings);
    assert.ok(
      files.some(([name, text]) => others.get(name) !== text),
      `${path} changes nothing`,
    );
  }
});

test("what changes nothing of the stack alone is told, and nothing else is", () => {
  const paths = idle.map(({ path }) => path);
  for (const known of ["prometheus.replicas", "blackboxExporter.probes", "annotatedWorkloads.samples"])
    assert.ok(paths.includes(known), known);
  assert.ok(paths.some((path) => path.startsWith("thresholds.etcd.")));
  for (const { path, settings } of leaves.filter((_, index) => index % 8 === 0)) {
    assert.deepEqual(withoutEffect(settings, make), paths.includes(path) ? [path] : [], path);
  }
});

test("one that lets another one in is no idle one", () => {
  assert.deepEqual(
    withoutEffect(settingsFrom({ prometheus: { volumeSize: "40Gi", retentionSize: "30GB" } }), make),
    [],
  );
  assert.deepEqual(withoutEffect(settingsFrom({ prometheus: { volumeSize: "40Gi" } }), make), [
    "prometheus.volumeSize",
  ]);
});

test("the plugin refuses each idle setting by its name, and gives no object", () => {
  const { status, stdout, stderr } = plugin({
    prometheus: { replicas: 3, retentionTime: "3d" },
    thresholds: { etcd: { fsyncSeconds: 0.5 } },
  });
  assert.equal(status, 1);
  assert.deepEqual(parse(stdout).items, []);
  assert.match(stderr, /setting "prometheus\.replicas" changes nothing here: it is for base\/components\//);
  assert.match(stderr, /setting "thresholds\.etcd\.fsyncSeconds" changes nothing here/);
  assert.doesNotMatch(stderr, /retentionTime/);
  assert.equal(plugin({ prometheus: { replicas: 2, retentionTime: "3d" } }).status, 0);
});

test("another port of node-exporter is everywhere", () => {
  for (const [path, text] of base(settingsFrom({ nodeExporter: { port: 19_101 } }))) {
    assert.doesNotMatch(text, /\b9100\b/, path);
    if (
      /node-exporter\/(daemon-set|service)|(prometheus|tls)\/scrape\/node-exporter|network-policy-prometheus\.|proof-of/.test(
        path,
      )
    ) {
      assert.match(text, /\b19101\b/, path);
    }
  }
});

function plugin(spec: object) {
  const input = JSON.stringify({
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    functionConfig: { spec },
  });
  return spawnSync(join(root, "docs/plugin/plain-prometheus.js"), { input, encoding: "utf8" });
}

/** Every setting that is no block, and settings in which it alone has another value. */
function leavesOf(settings: readonly Setting[], within: readonly string[]): { path: string; settings: Settings }[] {
  return settings.flatMap((setting) => {
    const path = [...within, setting.name];
    if (setting.shape.is === "block") return leavesOf(setting.shape.settings, path);
    const name = path.join(".");
    for (const value of others(setting)) {
      try {
        const input = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;
        return [{ path: name, settings: settingsFrom(input) }];
      } catch {
        // It does not go with the others: the next one.
      }
    }
    throw new Error(`nothing else is known for ${name}: give it a value in others()`);
  });
}

function others({ shape, default: usual, takes }: Setting): unknown[] {
  const known = {
    text: ["other", "7m", "1Gi", "14d", "7GB", "https://example.com/other", ...texts],
    number: [usual, 0.9, 2, 7, 19_101, ...numbers].map((number) => (number === usual ? Number(usual) + 1 : number)),
    flag: [true, false],
    choice: shape.is === "choice" ? shape.options : [],
    anything: [],
    list: [
      ["other"],
      ["other.json"],
      ["other.example.com:443"],
      [{ receiver: "critical" }],
      [{ module: "tls", targets: ["a:1"] }],
      [{ key: "a" }],
    ],
    map: [
      { critical: { webhook_configs: [{ url: "http://other" }] } },
      { other: "1" },
      { other: 1 },
      { kubelet: { samples: 7 } },
      { KubeJobFailed: { severity: "info" } },
      { "quay.io": "a" },
      { prometheus: `${images.prometheus.tag}@sha256:${"0".repeat(64)}` },
    ],
    block: [],
  }[shape.is];
  return (known as unknown[]).filter((value) => value !== usual && takes(value));
}

test.run();
