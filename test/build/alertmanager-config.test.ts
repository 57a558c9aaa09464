import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { sameThing, silent, webhooks } from "../../generators/alertmanager/config.js";
import { pod } from "../../generators/alertmanager/pod.js";
import { yaml } from "../../generators/lib/text.js";
import { allRuleFiles } from "../../generators/prometheus/rules/index.js";
import { allJobs } from "../../generators/prometheus/scrape/applications.js";
import { defaults, type Settings, settingsFrom } from "../../generators/settings/index.js";
import { resultLabels } from "../../metrics/promql/analyse.js";
import { catalogueView } from "../../metrics/view.js";
import { alertmanagerConfig } from "../../scripts/lib/checks/alertmanager-config.js";
import { readCatalogues } from "../../scripts/lib/read-catalogues.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";

let folder = "";
let amtool = "";
const run = $({ quiet: true, nothrow: true });

test.before(async () => {
  amtool = await toolchain.tool("amtool");
  folder = await mkdtemp(join(tmpdir(), "alertmanager-"));
});

test.after(async () => {
  await rm(folder, { recursive: true, force: true });
});

const file = "/etc/alertmanager/receivers";
const chosen = settingsFrom({
  alertmanager: {
    receivers: {
      critical: { pagerduty_configs: [{ routing_key_file: `${file}/pagerduty` }] },
      shop: { slack_configs: [{ api_url_file: `${file}/slack`, channel: "#shop" }] },
    },
    routes: [{ matchers: ['namespace="shop"'], receiver: "shop" }],
  },
});

for (const [name, config] of [
  ["silent", silent(defaults)],
  ["webhooks", webhooks(defaults)],
  ["silent but for whom the settings name", silent(chosen)],
  ["webhooks but for whom the settings name", webhooks(chosen)],
] as const) {
  test(`amtool accepts the configuration ${name}`, async () => {
    const file = join(folder, `${name}.yml`);
    await writeFile(file, yaml(config));
    const { exitCode, stderr } = await run`${amtool} check-config ${file}`;
    assert.equal(exitCode, 0, stderr);
  });
}

const routes: [string[], string, Settings?][] = [
  [["alertname=Watchdog", "severity=none"], "watchdog"],
  [["alertname=Watchdog", "severity=none", "namespace=shop"], "watchdog", chosen],
  [["alertname=KubePodCrashLooping", "severity=critical", "namespace=shop"], "shop", chosen],
  [["alertname=KubePodCrashLooping", "severity=critical", "namespace=cart"], "critical", chosen],
  [["alertname=InfoInhibitor", "severity=none"], "nobody"],
  [["alertname=KubePodCrashLooping", "severity=warning"], "warning"],
  [["alertname=KubePodCrashLooping", "severity=critical"], "critical"],
  [["alertname=NodeCPUHighUsage", "severity=info"], "warning"],
  // An alert of somebody else's that says nothing of its severity is not lost.
  [["alertname=Anything"], "warning"],
];

for (const [labels, receiver, settings = defaults] of routes) {
  const of = settings === defaults ? "" : " by the settings";
  test(`an alert with ${labels.join(", ")} goes to ${receiver}${of}`, async () => {
    const file = join(folder, "routes.yml");
    await writeFile(file, yaml(webhooks(settings)));
    const { exitCode, stdout } = await run`${amtool} config routes test --config.file=${file} ${labels}`;
    assert.equal(exitCode, 0);
    assert.equal(stdout.trim(), receiver);
  });
}

test("the settings' receivers are in place of the webhooks, and the Secret is mounted where one reads it", () => {
  const { receivers } = webhooks(chosen);
  assert.deepEqual(
    receivers.map(({ name, ...told }) => [name, ...Object.keys(told)]),
    [
      ["critical", "pagerduty_configs"],
      ["warning", "webhook_configs"],
      ["watchdog", "webhook_configs"],
      ["shop", "slack_configs"],
      ["nobody"],
    ],
  );
  const mounts = (settings: Settings) =>
    JSON.stringify(pod(settings, {})).includes('"secretName":"alertmanager-receivers"');
  assert.equal(mounts(chosen), true);
  assert.equal(mounts(defaults), false);
});

test("inhibition knows every label that tells alerts of one name and several severities apart", async () => {
  const jobs = allJobs(defaults);
  const files = allRuleFiles(defaults);
  const view = catalogueView(defaults, jobs, files, await readCatalogues());
  const alerts = files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules.filter((rule) => "alert" in rule)));
  // They follow from node and device; and a budget that burns fast also burns slowly.
  const following = ["host_ip", "fstype", "window", "severity"];
  const several = alerts.filter(({ alert, labels }) =>
    alerts.some((other) => other.alert === alert && other.labels.severity !== labels.severity),
  );
  assert.ok(several.length > 10);
  for (const { alert, expr } of several)
    for (const label of resultLabels(expr, view).known.keys())
      assert.ok([...sameThing, ...following].includes(label), `${alert}: ${label}`);
});

const rendered = (text: string) => ({
  overlay: "overlays/test",
  text: "",
  objects: [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "alertmanager-config", namespace: "ns" },
      data: { "alertmanager.yml": text },
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "alertmanager", namespace: "ns" },
      spec: { template: { spec: pod(defaults, {}).spec } },
    },
  ],
});

test("the build finds nothing wrong with a right configuration", async () => {
  assert.deepEqual(await alertmanagerConfig.run(rendered(yaml(silent(defaults)))), []);
});

test("the build names the ConfigMap of a route to a receiver that is not there", async () => {
  const found = await alertmanagerConfig.run(rendered("route: { receiver: gone }\nreceivers: [{ name: here }]\n"));
  assert.equal(found[0]?.object, "ConfigMap ns/alertmanager-config");
  assert.match(found[0]?.message ?? "", /gone/);
});

test.run();
