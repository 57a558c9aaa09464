import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { buildOverlay, problems, ruleProblems } from "../../scripts/lib/build.js";
import { runRuleChecks } from "../../scripts/lib/checks/rules/index.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { readSettings } from "../../scripts/lib/settings.js";
import { changesBase, isOverlay, recipeNames, recipesFolder, withRecipes } from "../lib/recipes.js";

interface Shown {
  readonly has: readonly RegExp[];
  readonly lacks?: readonly RegExp[];
}

/** What of each recipe is in what it renders and not in overlays/devbox, and what is in that alone. */
const shown: Readonly<Record<string, Shown>> = {
  alerts: {
    has: [/load5.*\n*.* > 4$/m, /alert: KubeJobFailed\n(.*\n){0,9}? +severity: info/],
    lacks: [/alert: CPUThrottlingHigh/],
  },
  "cluster-domain": { has: [/kubernetes\.default\.svc\.k8s\.example\.com/] },
  "dead-mans-switch": {
    has: [/url_file: \/etc\/alertmanager\/receivers\/watchdog-url/, /secretName: alertmanager-receivers/],
  },
  "external-labels": { has: [/external_labels:\n(.*\n){0,3} +region: eu-west/] },
  "image-mirror": {
    has: [/image: registry\.example\.com\/quay\/prometheus\/prometheus:/, /imagePullSecrets:\n +- name: registry/],
    lacks: [/image: (?!registry\.example\.com)/],
  },
  ingress: { has: [/host: prometheus\.example\.com/, /basic_auth/, /value: https:\/\/prometheus\.example\.com/] },
  "node-pool": { has: [/node\.example\.com\/pool: monitoring/, /key: node\.example\.com\/pool/, /- ssd$/m] },
  "own-dashboard": { has: [/sum by \(pod\) \(shop_orders_waiting\)/, /"uid": ?"own-shop"/] },
  "own-job": { has: [/job_name: shop$/m, /secretName: shop-metrics/, /name: prometheus-to-shop/] },
  "own-rules": { has: [/alert: ShopOrdersWait/] },
  "priority-class": { has: [/priorityClassName: platform/] },
  receivers: { has: [/routing_key_file/, /slack_configs/, /smarthost/, /namespace="shop"/, /alertmanager-to-mail/] },
  "remote-write": {
    has: [
      /url: "?https:\/\/metrics\.example\.com\/api\/v1\/write/,
      /credentials_file: "?\/etc\/prometheus\/remote-write\/token/,
      /secretName: prometheus-remote-write/,
    ],
  },
  "two-stacks": {
    has: [/kind: ClusterRoleBinding\n(.*\n)*? {2}name: second-plain-prometheus:prometheus/],
    lacks: [/^ {2}name: plain-prometheus:/m, /kind: DaemonSet/],
  },
};

/** Those that have commands alone. */
const commandsAlone = ["removal"];

const names = await recipeNames();
const usual = (await render("overlays/devbox")).text;
const scratch = await mkdtemp(join(tmpdir(), "recipes-"));
test.after(() => rm(scratch, { recursive: true }));

for (const name of names.filter((name) => !commandsAlone.includes(name))) {
  test(`${name} builds, is right by every check, and does what it says`, async () => {
    assert.ok(isOverlay(name) || changesBase(name), "it changes nothing");
    const folder = changesBase(name) ? await withRecipes(join(scratch, name), [name]) : join(root, recipesFolder, name);
    const outcome = await buildOverlay(folder, join(scratch, "dist"));
    assert.equal(problems([outcome]), "");
    const text = await readFile(join(root, outcome.file ?? ""), "utf8");
    const { has, lacks = [] } = shown[name] ?? assert.fail("say what it renders");
    // Of what was rendered, 800 kB, a failure says nothing.
    const found = (patterns: readonly RegExp[], where: string) => patterns.filter((pattern) => pattern.test(where));
    assert.deepEqual(found(has, text), has);
    assert.deepEqual(found(has, usual), []);
    assert.deepEqual(found(lacks, text), []);
    assert.deepEqual(found(lacks, usual), lacks);
  });
}

test("the rules are right with the thresholds and alerts of the recipe", async () => {
  const settings = readSettings(join(root, recipesFolder, "alerts/settings.yaml"));
  assert.equal(ruleProblems(await runRuleChecks(settings)), "");
});

test("the overview names every recipe, by the question that it answers", async () => {
  const overview = await readFile(join(root, recipesFolder, "README.md"), "utf8");
  for (const name of names) {
    const [question = ""] = (await readFile(join(root, recipesFolder, name, "README.md"), "utf8")).split("\n");
    assert.ok(overview.includes(`[${question.replace(/^# /, "")}](${name})`), `${name}: ${question}`);
  }
});

test.run();
