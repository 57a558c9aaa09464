import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { parse } from "yaml";
import { base } from "../../../generators/index.js";
import { defaults } from "../../../generators/settings/index.js";
import { withFiles } from "../../../scripts/lib/lean-files.js";
import { ownDashboards } from "../../../scripts/lib/own-dashboards.js";
import { ownFiles } from "../../../scripts/lib/own-files.js";
import { sourceOf } from "../../../scripts/lib/rendered/source.js";
import { files as usual } from "../../lib/files.js";

let folder = "";

test.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-dashboards-"));
  await mkdir(join(folder, "dashboards"));
});

test.after.each(() => rm(folder, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content);
    await writeFile(join(folder, "dashboards", name), text);
  }
}

const panel = (expr: string) => ({
  type: "timeseries",
  title: "Orders",
  datasource: { type: "prometheus", uid: "${DS_PROMETHEUS}" },
  targets: [{ refId: "A", expr, datasource: "${DS_PROMETHEUS}" }],
});

/** As Grafana exports it for others, and its catalogue has it. */
const exported = {
  __inputs: [
    { name: "DS_PROMETHEUS", label: "Prometheus", type: "datasource", pluginId: "prometheus" },
    { name: "DS_EXPRESSION", type: "datasource", pluginId: "__expr__" },
    { name: "VAR_PREFIX", type: "constant", value: "shop" },
  ],
  __requires: [{ type: "grafana", id: "grafana", version: "9.0.0" }],
  __elements: {},
  id: 12,
  uid: "shop",
  title: "Shop",
  panels: [panel("sum by ($by) (rate(${VAR_PREFIX}_orders_total[$__rate_interval]))")],
  templating: { list: [{ name: "by", type: "custom", query: "pod" }] },
};

test("what an import would ask is answered, and what only an import reads is gone", async () => {
  await write({ "shop.json": exported });
  const [file] = ownDashboards(defaults, folder);
  const text = JSON.stringify(file?.content);
  assert.match(text, /"datasource":\{"type":"prometheus","uid":"prometheus"\}/);
  assert.match(text, /rate\(shop_orders_total\[\$__rate_interval\]\)/);
  assert.doesNotMatch(text, /DS_|VAR_|__inputs|__requires|__elements|"id":12/);
});

test("a dashboard is in Grafana's Component, with a ConfigMap, a provider and a mount, and nothing else changes", async () => {
  await write({ "1860_rev37.json": { ...exported, uid: null } });
  const files = base(defaults, [], ownFiles(defaults, folder));
  const grafana = (path: string) => files.get(`components/grafana/${path}`) ?? "";
  const changed = [...files].filter(([path, text]) => usual.get(path) !== text).map(([path]) => path);
  assert.deepEqual(changed.sort(), [
    "components/grafana/dashboards.yml",
    "components/grafana/dashboards/own/1860_rev37.json",
    "components/grafana/deployment.yaml",
    "components/grafana/kustomization.yaml",
  ]);
  assert.equal(JSON.parse(grafana("dashboards/own/1860_rev37.json")).uid, "own-1860_rev37");
  const provider = parse(grafana("dashboards.yml")).providers.at(-1);
  assert.deepEqual([provider.folder, provider.options.path], ["Own", "/etc/grafana/dashboards/own"]);
  const { containers, volumes } = parse(grafana("deployment.yaml")).spec.template.spec;
  const mount = containers[0].volumeMounts.find(({ mountPath }: { mountPath: string }) => mountPath.endsWith("/own"));
  const volume = volumes.find(({ name }: { name: string }) => name === mount.name);
  const [{ configMap }] = volume.projected.sources;
  assert.equal(configMap.name, "grafana-dashboard-own-1860-rev37");
  assert.match(grafana("kustomization.yaml"), /name: grafana-dashboard-own-1860-rev37\n/);
});

test("what it reads is kept where the Component lean drops the rest", async () => {
  await write({ "shop.json": exported });
  const [expr = ""] = (await withFiles(defaults, folder)).lean.expressions;
  assert.match(expr, /rate\(shop_orders_total\[240000ms/);
});

test("one that is too large with its spaces is without them", async () => {
  const panels = Array.from({ length: 500 }, (_, index) => ({
    ...panel("up"),
    title: `${index}`,
    description: "-".repeat(99),
  }));
  await write({ "large.json": { ...exported, panels } });
  const [file] = ownDashboards(defaults, folder);
  assert.equal(file?.compact, true);
});

test("the checks take it for the user's", async () => {
  const at = join(folder, "components/grafana/dashboards/own");
  await mkdir(at, { recursive: true });
  await writeFile(join(at, "shop.json"), "{}\n");
  const content = { configMapGenerator: [{ name: "grafana-dashboard-own-shop", files: ["dashboards/own/shop.json"] }] };
  const kustomization = { folder: join(folder, "components/grafana"), file: "", isGenerated: true, content };
  const file = { object: "ConfigMap a/grafana-dashboard-own-shop", key: "shop.json", text: "{}\n" };
  assert.deepEqual(sourceOf({ kustomizations: [kustomization] }, file), {
    path: "dashboards/shop.json",
    isGenerated: false,
  });
});

const input = (fields: object) => ({ ...exported, __inputs: [{ name: "X", ...fields }] });
const wrong: [string, Readonly<Record<string, unknown>>, RegExp][] = [
  [
    "a uid of ours",
    { "a.json": { ...exported, uid: "plain-prometheus-node" } },
    /a\.json: has uid plain-prometheus-node, which generators\/grafana\/dashboards\/node\.ts has too/,
  ],
  [
    "a uid twice",
    { "a.json": exported, "b.json": { ...exported, title: "B" } },
    /b\.json: has uid shop, which dashboards\/a\.json has too/,
  ],
  [
    "a title twice",
    { "a.json": exported, "b.json": { ...exported, uid: "b" } },
    /b\.json: has title Shop, which dashboards\/a\.json has too/,
  ],
  [
    "two names that become one",
    { "a-b.json": exported, "a_b.json": { ...exported, uid: "b", title: "B" } },
    /a_b\.json: has a name that becomes grafana-dashboard-own-a-b, which dashboards\/a-b\.json has too/,
  ],
  [
    "a uid that Grafana does not take",
    { "a.json": { ...exported, uid: "a b" } },
    /has uid "a b", which Grafana does not take/,
  ],
  ["what is no JSON", { "a.json": '{\n  "title": "A",\n  "panels": [],\n}\n' }, /a\.json:4: is no JSON/],
  ["an empty file", { "a.json": "" }, /a\.json: is no JSON/],
  ["a list", { "a.json": [] }, /a\.json: is no dashboard/],
  [
    "the answer of Grafana's API",
    { "a.json": { dashboard: exported, meta: {} } },
    /is what Grafana's API gives: the dashboard is in its field dashboard/,
  ],
  [
    "the new form",
    { "a.json": { apiVersion: "dashboard.grafana.app/v2beta1", kind: "Dashboard", spec: {} } },
    /is in the form of dashboard\.grafana\.app\/v2beta1/,
  ],
  ["no title", { "a.json": { panels: [] } }, /has no title/],
  ["no panels", { "a.json": { title: "A" } }, /has no panels/],
  [
    "a data source of logs",
    { "a.json": input({ type: "datasource", pluginId: "loki" }) },
    /asks for X, a data source of type loki, and the bundle has Prometheus alone/,
  ],
  ["a constant without a value", { "a.json": input({ type: "constant" }) }, /asks for the constant X at import/],
  [
    "a panel of the library",
    { "a.json": { ...exported, panels: [{ libraryPanel: { name: "Mine", uid: "a" } }] } },
    /panels of Grafana's library, which only an import makes: Mine/,
  ],
  ["a name with spaces", { "My dashboard.json": exported }, /My dashboard\.json: is not named as a dashboard/],
  ["what is no UTF-8", { "a.json": Buffer.from('{"title":"M\xfcnchen"}', "latin1") }, /a\.json: is no text in UTF-8/],
  [
    "what is too large even without spaces",
    { "a.json": { ...exported, description: "-".repeat(250_000) } },
    /is too large for a ConfigMap that kubectl apply carries: 2\d\d KiB without spaces, of 200 KiB/,
  ],
];

for (const [name, files, message] of wrong) {
  test(`${name} is an error that names the file`, async () => {
    await write(files);
    assert.throws(() => ownDashboards(defaults, folder), message);
  });
}

test("a query that is no PromQL is told of by file and panel", async () => {
  await write({ "a.json": { ...exported, panels: [panel("sum(rate(")] } });
  await assert.rejects(
    withFiles(defaults, folder),
    /dashboards\/a\.json, panel Orders of dashboard Shop: this is no PromQL/,
  );
});

test.run();
