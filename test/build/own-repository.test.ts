import assert from "node:assert/strict";
import { readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { parse } from "yaml";
import { settingsFrom } from "../../generators/settings/index.js";
import { bundleVersion } from "../../generators/versions.js";
import { firstFiles } from "../../scripts/lib/own-repository/files.js";
import { root } from "../../scripts/lib/project.js";
import { ownFiles, ownRepository } from "./lib/own-repository.js";
import { folderUntilExit, packedAnew } from "./lib/packed.js";

/*
 * The walk of somebody who has an empty folder and the file of the package: a repository of their own, what they change in it, and
 * an update.
 */

const { folder: mine, init, verb, run, git, write, read } = await ownRepository();
const merge =
  "configMapGenerator:\n  - { name: prometheus-rules, namespace: monitoring-system, behavior: merge, files: [node.yml] }\n";
const own = ownFiles("shop.example.org:8080");

test("init begins a repository in an empty folder, with one overlay and what is whose", async () => {
  await git("init", "--quiet");
  const { code, stdout, stderr } = await init("prod", "--platform", "kubeadm", "--yes");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^npx plain-prometheus build overlays\/prod$/m);
  assert.deepEqual(JSON.parse(await read("package.json")).devDependencies, {
    "plain-prometheus": `file:vendor/plain-prometheus-${bundleVersion}.tgz`,
  });
  assert.equal(await read("base/kustomization.yaml"), await readFile(join(root, "base/kustomization.yaml"), "utf8"));
  assert.match(await read("README.md"), /\| `overlays\/` \| ours \|/);
  await git("add", "--all");
  const { stdout: attributes } = await git(
    "check-attr",
    "linguist-generated",
    "base/kustomization.yaml",
    "settings.yaml",
  );
  assert.match(
    attributes,
    /base\/kustomization\.yaml: linguist-generated: set\nsettings\.yaml: linguist-generated: unspecified/,
  );
  assert.doesNotMatch((await git("status", "--porcelain")).stdout, /node_modules/);
});

test("the examples in its settings.yaml are settings that there are", () => {
  const files = firstFiles({ overlay: "prod", dependency: "0.1.0", version: "0.1.0" });
  const text = files.get("settings.yaml") ?? "";
  const example = text.split("For example:\n")[1]?.replaceAll(/^# ?/gm, "") ?? "";
  assert.deepEqual(Object.keys(parse(example)), ["scrape", "alerts", "thresholds"]);
  settingsFrom(parse(example));
  for (const path of [".github/workflows/monitoring.yaml", ".gitlab-ci.yml"]) {
    const verbs = [...(files.get(path) ?? "").matchAll(/npx plain-prometheus (.*)/g)].map(([, verb]) => verb);
    assert.deepEqual(verbs, ["generate --check", "build"]);
    parse(files.get(path) ?? "");
  }
});

test("settings, rules, jobs, dashboards and a second overlay of one's own are built and checked", async () => {
  await write(own);
  const second = await verb("new-overlay", "staging", "--yes", "--feature", "grafana");
  assert.equal(second.code, 0, second.stderr);
  // A copy that ages with the update.
  await write({
    "overlays/staging/node.yml": await read("base/prometheus/rules/node.yml"),
    "overlays/staging/kustomization.yaml": `${await read("overlays/staging/kustomization.yaml")}${merge}`,
  });
  const built = await verb("build");
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const [prod, staging] = [await read("dist/prod.yaml"), await read("dist/staging.yaml")];
  assert.match(prod, /scrape_interval: 14s/);
  assert.match(prod, /alert: ShopDown/);
  assert.match(prod, /job_name: shop/);
  assert.doesNotMatch(prod, /alert: CPUThrottlingHigh/);
  assert.match(staging, /"uid": ?"shop"/);
  assert.equal((await verb("generate", "--check")).code, 0);
  assert.equal((await git("add", "--all")).code, 0);
  assert.equal((await git("commit", "--quiet", "--message", "Begin")).code, 0);
});

test("without Go and the programs, build says which versions of what it looked for", async () => {
  const path = await folderUntilExit();
  const programs = ["node", "npm", "bash", "sh", "env", "which"];
  for (const name of programs) await symlink((await run(["which", name])).stdout.trim(), join(path, name));
  const program = join(mine, "node_modules/.bin/plain-prometheus");
  const { code, stderr } = await run(["env", `PATH=${path}`, program, "build"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /there is no kubeconform [\d.]+, no promtool [\d.]+, no amtool [\d.]+ in PATH, and no Go to build them/,
  );
});

test("what is wrong in a file of one's own is named with its line", async () => {
  await write({ "settings.yaml": "scrape:\n  intervall: 20s\n" });
  const { code, stderr } = await verb("generate");
  assert.equal(code, 1);
  assert.match(stderr, /settings\.yaml:2: unknown setting "scrape\.intervall": did you mean/);
  assert.match(stderr, /node_modules\/plain-prometheus\/docs\/settings\.md/);
  await write(own);
});

test("a verb that there is not, a folder without a project and one that is not empty are refused", async () => {
  const unknown = await verb("biuld");
  assert.deepEqual([unknown.code, unknown.stdout], [1, ""]);
  assert.match(unknown.stderr, /no verb "biuld"\ncure: {2}npx plain-prometheus build\n/);
  const elsewhere = await folderUntilExit();
  const program = join(mine, "node_modules/.bin/plain-prometheus");
  const lost = await run([program, "build"], elsewhere);
  assert.equal(lost.code, 1);
  assert.match(lost.stderr, /has no settings\.yaml and no base\/.*\ncure:.*npx plain-prometheus init NAME/);
  await writeFile(join(elsewhere, "notes.txt"), "");
  const full = await run([program, "init", "prod", "--yes"], elsewhere);
  assert.equal(full.code, 1);
  assert.match(full.stderr, /is not empty: it has notes\.txt/);
  assert.deepEqual(await readdir(elsewhere), ["notes.txt"]);
  const within = await run([program, "init", "prod", "--yes"], join(mine, "overlays"));
  assert.match(within.stderr, /overlays is within .*monitoring/);
});

test("an overlay that cannot be leaves the folder as empty as it was", async () => {
  const empty = await folderUntilExit();
  const program = join(mine, "node_modules/.bin/plain-prometheus");
  for (const args of [
    ["--platform", "nowhere"],
    ["--feature", "gateway,ingress,prometheus-ha"],
  ]) {
    const { code, stderr } = await run([program, "init", "prod", "--yes", ...args], empty);
    assert.equal(code, 1);
    assert.match(stderr, /^error: /);
    assert.deepEqual(await readdir(empty), []);
  }
});

test("an update installs, generates, and says what changes for settings, objects, pods, series and alerts", async () => {
  const next = await packedAnew(
    "0.2.0",
    [
      [/(bundleVersion =) ".*"/, '$1 "0.2.0"'],
      [/(prometheus\/prometheus", tag: "v)/, "$19."],
      [/(loadPerCpu: setting\(positive,) 2,/, "$1 2.5,"],
      [/How often every target is scraped/, "How often each target is asked"],
      [/"NodeMemoryMajorPagesFaults"/, '"NodeMajorPageFaults"'],
      [/("app.kubernetes.io\/name": name\w*) \}/, '$1, "app.kubernetes.io/instance": "a" }'],
    ],
    { "node-exporter": "node_load1" },
  );
  const missing = await verb("update", "../nowhere.tgz");
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /there is no file \.\.\/nowhere\.tgz/);
  assert.equal((await git("status", "--porcelain")).stdout, "");

  const { code, stdout, stderr } = await verb("update", next);
  assert.equal(code, 2, stderr);
  assert.match(stdout, /^HEAD \(\w{9}\) -> this folder$/m);
  assert.match(stdout, /quay\.io\/prometheus\/prometheus +v[\d.]+ +-> +v9\./);
  assert.match(stdout, /~ +thresholds\.node\.loadPerCpu +its default was 2 and is 2\.5/);
  assert.doesNotMatch(stdout, /~ +alerts /);
  assert.match(stdout, /~ +scrape\.interval +is described otherwise.*settings\.yaml has it/);
  for (const overlay of ["overlays/prod", "overlays/staging"]) {
    const [, of = ""] = stdout.split(`\n${overlay}\n`);
    const text = of.split("\noverlays/")[0] ?? "";
    assert.match(text, /delete first: the API server refuses these changes/);
    assert.match(text, /Deployment \S+\/prometheus +restart/);
    assert.match(text, /- +node-exporter: node_load1\n/);
    assert.doesNotMatch(text, /ShopDown|job_name shop/);
    // The copy goes on as it was.
    const isCopied = overlay === "overlays/staging";
    for (const line of [/\+ +NodeMajorPageFaults\n/, /- +NodeMemoryMajorPagesFaults\n/, /~ +NodeSystemSaturation\n/]) {
      assert.equal(line.test(text), !isCopied, `${overlay}: ${line}`);
    }
  }
  assert.match(
    stdout,
    /overlays\/staging\/node\.yml is of base\/prometheus\/rules\/node\.yml as of .*since then changed there/,
  );
  assert.match(await read("base/kustomization.yaml"), /^# plain-prometheus 0\.2\.0$/m);
  assert.deepEqual(await readdir(join(mine, "vendor")), ["plain-prometheus-0.2.0.tgz"]);
  const changed = (await git("status", "--porcelain")).stdout.split("\n").filter(Boolean);
  const ours = changed.filter(
    (line) => !/ (base\/|vendor\/|package(-lock)?\.json$|settings\.schema\.json$)/.test(line),
  );
  assert.deepEqual(ours, []);
  assert.equal((await verb("--version")).stdout, "0.2.0\n");
});

test("base/ of another version than the installed one is not taken by the way", async () => {
  await git("checkout", "--quiet", "--", "base");
  for (const args of [["build"], ["new-overlay", "later", "--yes"]]) {
    const { code, stderr } = await verb(...args);
    assert.equal(code, 1, args.join(" "));
    assert.match(
      stderr,
      /base\/ is of plain-prometheus \S+, and 0\.2\.0 is installed\ncure: {2}npx plain-prometheus update /,
    );
    assert.equal((await git("status", "--porcelain", "--", "base", "overlays")).stdout, "");
  }
});

test("an update that has nothing to compare with changes nothing", async () => {
  await rm(join(mine, ".git"), { recursive: true });
  const { code, stderr } = await verb("update");
  assert.equal(code, 1);
  assert.match(stderr, /what is committed, and nothing is/);
});

test.run();
