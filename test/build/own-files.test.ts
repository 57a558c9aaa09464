import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { base } from "../../generators/index.js";
import { defaults } from "../../generators/settings/index.js";
import { runChecks, unlookedAt } from "../../scripts/lib/checks/index.js";
import { withFiles } from "../../scripts/lib/lean-files.js";
import { ownFiles } from "../../scripts/lib/own-files.js";
import { render } from "../../scripts/lib/render.js";
import { ofKind } from "../../scripts/lib/rendered/objects.js";
import { withTemporaryFolder } from "../../scripts/lib/temporary-folder.js";
import { writeFiles } from "../../scripts/lib/write-files.js";

/** What the checks find, and what they cannot look at, of an overlay with these Components where a project has these files. */
async function checked(files: Readonly<Record<string, string>>, components: readonly string[]) {
  return await withTemporaryFolder(async (project) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(project, path)), { recursive: true });
      await writeFile(join(project, path), text);
    }
    const own = ownFiles(defaults, project);
    await writeFiles(join(project, "base"), base(await withFiles(defaults, project), [], own));
    const overlay = join(project, "overlays/mine");
    await mkdir(overlay, { recursive: true });
    const listed = components.map((name) => `../../base/components/${name}`);
    await writeFile(join(overlay, "kustomization.yaml"), stringify({ resources: ["../../base"], components: listed }));
    const rendered = await render(relative(process.cwd(), overlay));
    const findings = await runChecks(rendered);
    const found = [...findings.values()].flat().map(({ object, message, fix }) => `${object}: ${message} | ${fix}`);
    return { rendered, found, unlooked: await unlookedAt(rendered, findings) };
  });
}

/** As Grafana's catalogue has one: it asks for its data source, and reads what a program no longer gives. */
const dashboard = {
  __inputs: [{ name: "DS_PROMETHEUS", type: "datasource", pluginId: "prometheus" }],
  uid: "load",
  title: "Load",
  panels: [
    'node_load1{job=~"$job"} or node_load',
    "node_hwmon_temp_celsius",
    'node_network_receive_bytes_total{job="node-exporter"}',
  ].map((expr) => ({
    type: "timeseries",
    gridPos: { x: 0, y: 0, w: 12, h: 8 },
    title: expr.slice(0, 9),
    datasource: { type: "prometheus", uid: "${DS_PROMETHEUS}" },
    targets: [{ refId: "A", expr }],
  })),
  templating: {
    list: [{ type: "query", name: "job", datasource: "${DS_PROMETHEUS}", query: "label_values(node_uname_info, job)" }],
  },
};

test("a dashboard of the catalogue is right, lean keeps what it reads, and what nothing gives is told", async () => {
  const files = { "dashboards/load.json": JSON.stringify(dashboard) };
  const { rendered, found, unlooked } = await checked(files, ["grafana", "lean"]);
  assert.deepEqual(found, []);
  assert.match(rendered.text, /name: grafana-dashboard-own-load\n/);
  const [unknown, doubtful, ...others] = unlooked.filter((line) => line.startsWith("dashboards/load.json"));
  assert.match(
    unknown ?? "",
    /reads node_load \(did you mean node_load1\?\), node_hwmon_temp_celsius, of which no job's recording/,
  );
  assert.match(doubtful ?? "", /yours to judge: panel node_netw: .*counter/);
  assert.deepEqual(others, []);
});

const scrape = `scrape_configs:
  - job_name: shop
    sample_limit: 1000
    static_configs: [{ targets: ["shop.shop.svc:8080"] }]
  - job_name: cart
    sample_limit: 1000
    kubernetes_sd_configs: [{ role: endpoints, namespaces: { names: [cart] } }]
    relabel_configs: [{ action: keep, source_labels: [__meta_kubernetes_endpoint_port_name], regex: metrics }]
  - job_name: machines
    sample_limit: 1000
    http_sd_configs: [{ url: "http://inventory.shop.svc/" }]
`;

test("jobs of scrape/ get their permissions and their way through policies, and what nobody knows is told", async () => {
  const { found, unlooked } = await checked({ "scrape/shop.yml": scrape }, ["network-policies"]);
  assert.deepEqual(found, []);
  const told = unlooked.filter((line) => line.startsWith("job "));
  assert.match(
    told[0] ?? "",
    /^job shop in scrape\/shop\.yml asks shop\.shop\.svc:8080: .* which need not be that of their Service/,
  );
  assert.match(
    told[1] ?? "",
    /^job machines in scrape\/shop\.yml finds its targets by http_sd_configs: add the NetworkPolicy/,
  );
  assert.equal(told.length, 2);
});

test("shards share a job that says it has no steps", async () => {
  const steps =
    "scrape_configs:\n  - job_name: a\n    relabel_configs: []\n    static_configs: [{ targets: ['10.0.0.9:9100'] }]\n";
  const { found, rendered } = await checked({ "scrape/empty.yml": steps }, ["sharded"]);
  assert.deepEqual(found, []);
  const jobs = ofKind(rendered.objects, "v1/ConfigMap").find(
    ({ metadata }) => metadata.name === "prometheus-scrape-shard-1",
  );
  const own = Object.entries(jobs?.data ?? {}).find(([file]) => file.includes("empty"))?.[1] ?? "";
  assert.match(own, /action: keep/);
});

test("with namespaced-access the Role of a job's namespace is asked for by its folder", async () => {
  const { found } = await checked({ "scrape/shop.yml": scrape }, ["namespaced-access"]);
  assert.match(
    found.join("\n"),
    /job cart needs .*list endpoints in cart.* \| list base\/access\/own-cart in a folder/,
  );
});

test.run();
