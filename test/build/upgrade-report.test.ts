import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { test } from "uvu";
import { $ } from "zx";
import { Failure } from "../../scripts/lib/failure.js";
import { root } from "../../scripts/lib/project.js";
import { needsDelete, upgradeReport } from "../../scripts/lib/upgrade/index.js";
import { upgradeTable } from "../../scripts/lib/upgrade/table.js";

const repository = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
const git = $({ quiet: true, cwd: repository });
test.after(() => rm(repository, { recursive: true }));

function statefulSet(tag: string, serviceName: string): string {
  const pod = { containers: [{ name: "app", image: `example.org:5000/app:${tag}` }] };
  const spec = { serviceName, selector: {}, template: { metadata: {}, spec: pod } };
  return JSON.stringify({ apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "app" }, spec });
}

const scrape = (job: string) => JSON.stringify({ scrape_configs: [{ job_name: job }] });
const kustomization = (resources: string[]) =>
  JSON.stringify({ namespace: "m", resources, configMapGenerator: [{ name: "scrape", files: ["scrape.yml"] }] });

/** Commits these files, and no others, under a tag. */
async function commit(tag: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const name of await readdir(repository))
    if (name !== ".git") await rm(join(repository, name), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), text);
  }
  await git`git add -A`;
  await git`git -c user.name=test -c user.email=test@example.org commit -q -m ${tag}`;
  await git`git tag ${tag}`;
}

test.before(async () => {
  await git`git init -q`;
  const gauge = { type: "gauge", unit: "", help: "", labels: {} };
  const recorded = JSON.stringify({ a: gauge, b: gauge });
  const catalogue = { "metrics/catalogue/app.json": recorded };
  await commit("v1", {
    // Where it was up to 0.1.
    "generators/catalogue/app.json": recorded,
    "base/app.yaml": "image: example.org:5000/app:v1.0.0",
    "overlays/one/kustomization.yaml": kustomization(["app.yaml", "gone.yaml"]),
    "overlays/one/app.yaml": statefulSet("v1.0.0", "old"),
    "overlays/one/gone.yaml": "{ apiVersion: v1, kind: ServiceAccount, metadata: { name: gone } }",
    "overlays/one/scrape.yml": scrape("other"),
    "overlays/two/kustomization.yaml": "namePrefix: two-\nresources: [gone.yaml]",
    "overlays/two/gone.yaml": "{ apiVersion: v1, kind: ServiceAccount, metadata: { name: gone } }",
  });
  await commit("v2", {
    ...catalogue,
    "base/app.yaml": "image: example.org:5000/app:v2.0.0",
    "overlays/one/kustomization.yaml": kustomization(["app.yaml", "way.yaml"]),
    "overlays/one/app.yaml": statefulSet("v2.0.0", "new"),
    "overlays/one/way.yaml":
      "{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: way }, spec: { egress: [{ ports: [{ port: 443 }] }] } }",
    "overlays/one/scrape.yml": scrape("app"),
  });
  await commit("broken", {
    ...catalogue,
    "base/app.yaml": "",
    "overlays/one/kustomization.yaml": kustomization(["missing.yaml"]),
    "overlays/one/scrape.yml": scrape("app"),
  });
  await commit("stranger", { "README.md": "" });
});

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => assert.fail("there was a report"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof Failure, String(error));
  return error.message;
}

test("a report has what changes for a cluster, and the checkout and the disk stay as they are", async () => {
  process.env.TMPDIR = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  const report = await upgradeReport("v1~0", "v2", { repository });
  assert.deepEqual(await readdir(process.env.TMPDIR), []);
  await rm(process.env.TMPDIR, { recursive: true });
  delete process.env.TMPDIR;
  const [upgrade, ...more] = report.upgrades;
  assert.equal(more.length, 0);
  assert.equal(upgrade?.overlay, "overlays/one");
  assert.deepEqual(report.images, [{ repository: "example.org:5000/app", old: "v1.0.0", new: "v2.0.0" }]);
  assert.ok(needsDelete(report));
  assert.deepEqual(upgrade.objects.removed, ["ServiceAccount m/gone"]);
  assert.deepEqual(upgrade.objects.changed.find(({ refused }) => refused)?.refused?.fields, ["spec.serviceName"]);
  assert.deepEqual(
    upgrade.pods.map(({ object, what }) => `${object} ${what}`),
    ["StatefulSet m/app restart"],
  );
  assert.deepEqual(upgrade.connections, { added: ["NetworkPolicy m/way: to everywhere, 443/TCP"], lost: [] });
  assert.deepEqual(upgrade.monitoring.jobs, { added: ["app"], lost: ["other"] });
  assert.deepEqual(upgrade.monitoring.series, [{ of: "app", added: ["a", "b"], lost: [] }]);
  assert.equal((await git`git status --porcelain`).stdout, "");
});

test("as text it begins with what has to be deleted, and says with which command", async () => {
  const text = stripVTControlCharacters(upgradeTable(await upgradeReport("v1", "v2", { repository })));
  const at = (part: string) => (text.includes(part) ? text.indexOf(part) : assert.fail(`no ${part} in:\n${text}`));
  assert.ok(at("delete first") < at("kubectl delete -n m statefulset/app --cascade=orphan"));
  assert.ok(at("--cascade=orphan") < at("ServiceAccount m/gone"));
  at("NetworkPolicy m/way: to everywhere, 443/TCP");
  at("overlays/two is gone");
  at("v1.0.0  ->  v2.0.0");
  assert.match(text, /\+ {2}app +with 2 series/);
});

test("a commit is no upgrade of itself", async () => {
  const report = await upgradeReport("v2", "v2", { repository });
  assert.deepEqual(report.images, []);
  assert.deepEqual(report.upgrades[0]?.objects, { added: [], removed: [], changed: [] });
  assert.match(stripVTControlCharacters(upgradeTable(report)), /nothing changes/);
  assert.ok(!needsDelete(report));
});

test("a commit that is not there, does not build, or is of another project is named", async () => {
  assert.match(await failureOf(upgradeReport("v1", "v9", { repository })), /there is no commit "v9"/);
  assert.match(await failureOf(upgradeReport("--all", "v1", { repository })), /there is no commit "--all"/);
  assert.match(
    await failureOf(upgradeReport("v1", "broken", { repository })),
    /^broken: overlays\/one does not build: /,
  );
  assert.match(await failureOf(upgradeReport("v1", "stranger", { repository })), /^stranger has no base and overlays/);
});

test("npm run upgrade-report exits with 0 for a commit and itself, and with 1 for what is no commit", async () => {
  const npm = $({ quiet: true, nothrow: true, cwd: root });
  const [same, wrong] = [
    await npm`npm run -s upgrade-report -- HEAD HEAD --json`,
    await npm`npm run -s upgrade-report -- no-such-commit`,
  ];
  assert.equal(same.exitCode, 0, same.stderr);
  assert.ok(JSON.parse(same.stdout).upgrades.length > 0);
  assert.equal(wrong.exitCode, 1);
  assert.match(wrong.stderr, /there is no commit "no-such-commit"/);
});

test.run();
