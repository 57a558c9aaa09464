import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "uvu";
import { serviceAddress } from "../../proof/lib/queries/where.js";
import { apply } from "../../scripts/lib/apply.js";
import { placeOf } from "../../scripts/lib/cluster/layout.js";
import { root } from "../../scripts/lib/project.js";
import { prometheusBehind } from "../../scripts/lib/prometheus.js";
import { render } from "../../scripts/lib/render.js";
import type { Rendered } from "../../scripts/lib/rendered/objects.js";
import { table, verify } from "../../scripts/lib/verify/index.js";
import { readCommands } from "../lib/commands.js";
import { recipeNames, recipesFolder, withRecipes } from "../lib/recipes.js";
import { session } from "../lib/run-commands.js";
import { type Devbox, devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { exporter } from "./lib/exporter.js";
import { backToDevbox } from "./lib/overlay.js";
import { targets } from "./lib/prometheus.js";

/*
 * The recipes as somebody takes them over: those that go together are applied at once, each overlay over the one before. Login and
 * remote write have live tests of their own; here the API server only has to take them.
 */

const namespace = "monitoring-system";
const second = join(root, recipesFolder, "two-stacks");
const together = ["alerts", "dead-mans-switch", "external-labels", "own-rules", "receivers"];
const overlays = ["node-pool", "priority-class", "own-job"];
/** The hash of `secret`, by bcrypt at the least cost. */
const hash = "$2a$04$zX/PHVmi0YCyN627cay3NOxvaY8ZKoI9weYtn3fgbdFga9FzeQ25W";

let box: Devbox;
let project: string;
let overlay: string;
let rendered: Rendered;
let inbox: Server;
/** What came in, by the path. */
const told = new Map<string, string>();

test.before(async () => {
  box = await devbox();
  inbox = createServer(async (request, response) => {
    told.set(request.url ?? "", await text(request));
    response.end("ok");
  }).listen(0, box.layout.network.hosts[0]);
  await once(inbox, "listening");
  project = await mkdtemp(join(tmpdir(), "recipes-"));
  overlay = await withRecipes(project, [...together, ...overlays], overlays);
  rendered = await render(overlay);
  const shop = exporter({ name: "shop", namespace: "shop", samples: 1 });
  const [files] = shop as [{ data: Record<string, string> }];
  files.data["items.prom"] = "shop_orders_waiting 7\n";
  files.data["web.yml"] = JSON.stringify({ basic_auth_users: { prometheus: hash } });
  await create(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    ...shop,
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "shop-metrics", namespace: "shop" },
      stringData: { password: "secret" },
    },
    { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "platform" }, value: 1000 },
  );
});

test.after(async () => {
  inbox?.close();
  if (rendered !== undefined) await backToDevbox(box.kubectl, rendered.objects);
  await box.kubectl.text(["delete", "namespace", "shop", "--ignore-not-found", "--wait=false"]);
  await box.kubectl.text(["delete", "priorityclass", "platform", "--ignore-not-found"]);
  await box.kubectl.text(["label", "nodes", "--all", "node.example.com/pool-"]);
  const secrets = ["registry", "alertmanager-receivers", "shop-metrics", "prometheus-remote-write"];
  await box.kubectl.text(["delete", "secret", ...secrets, "--ignore-not-found", `--namespace=${namespace}`]);
  if (project) await rm(project, { recursive: true });
});

async function create(...objects: object[]): Promise<void> {
  await box.kubectl.text(["create", "-f", "-"], { input: objects.map((object) => JSON.stringify(object)).join("\n") });
}

test("each command of a recipe does what it says", async () => {
  const shell = await session({ KUBECONFIG: placeOf().kubeconfig });
  try {
    for (const name of await recipeNames()) {
      for (const block of await readCommands(`${recipesFolder}/${name}/README.md`)) {
        if (block.how.where !== "live") continue;
        await shell.run(block);
        // Two recipes make it, each with keys of its own.
        await box.kubectl.text(["delete", "secret", "alertmanager-receivers", "--ignore-not-found", "-n", namespace]);
      }
    }
  } finally {
    await shell.end();
  }
  const { address, port } = inbox.address() as AddressInfo;
  const url = (path: string) => `http://${address}:${port}/${path}`;
  const stringData = { "slack-url": url("slack"), "watchdog-url": url("watchdog"), "pagerduty-key": "a" };
  await create({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "alertmanager-receivers", namespace },
    stringData,
  });
});

test("with recipes taken over every target is up, the application behind its password too", async () => {
  await apply(rendered, box.kubectl);
  const report = await verify({ overlay, kubectl: box.kubectl, waitMilliseconds: 180_000 });
  assert.ok(report.ok, table(report));
  await eventually("the shop to be up", async () => {
    return (await targets(box.kubectl)).some(({ labels, health }) => labels.job === "shop" && health === "up");
  });
});

test("the dead man's switch is called, with the labels that the settings add", async () => {
  await eventually("a call", async () => told.has("/watchdog"));
  assert.match(told.get("/watchdog") ?? "", /"region":"eu-west"/);
});

test("Slack is told of a warning", async () => {
  const address = await serviceAddress(box.kubectl, "alertmanager", namespace);
  const alerts = [{ labels: { alertname: "Recipe", severity: "warning" } }];
  const headers = { "content-type": "application/json" };
  const { status } = await fetch(`${address}/api/v2/alerts`, { method: "POST", headers, body: JSON.stringify(alerts) });
  assert.equal(status, 200);
  await eventually("a message", async () => told.has("/slack"), 90_000);
  assert.match(told.get("/slack") ?? "", /"#alerts".*Recipe/);
});

test("Prometheus has the own rule and the threshold, and not the alert that is off", async () => {
  const api = prometheusBehind(box.kubectl, namespace, "prometheus:http");
  const { groups } = await api.get<{ groups: { rules: { name: string; query: string }[] }[] }>("rules");
  const rules = new Map(groups.flatMap(({ rules }) => rules.map(({ name, query }) => [name, query])));
  assert.ok(rules.has("ShopOrdersWait"));
  assert.ok([...rules.values()].some((query) => /node_load5_per_cpu.* > 4/.test(query)));
  assert.ok(!rules.has("CPUThrottlingHigh"));
});

test("pods are on the pool's nodes, and have the PriorityClass that the cluster has", async () => {
  const { items } = await box.kubectl.json<{
    items: { spec: { priorityClassName?: string; priority?: number; nodeSelector?: Record<string, string> } }[];
  }>(["get", "pods", `--namespace=${namespace}`, "--selector=app.kubernetes.io/name in (prometheus,alertmanager)"]);
  assert.ok(items.length >= 2);
  for (const { spec } of items) {
    assert.equal(spec.nodeSelector?.["node.example.com/pool"], "monitoring");
    assert.deepEqual([spec.priorityClassName, spec.priority], ["platform", 1000]);
  }
});

for (const name of ["cluster-domain", "ingress", "remote-write"]) {
  test(`the API server takes ${name}`, async () => {
    const folder = await withRecipes(join(project, name), [name]);
    await box.kubectl.text(["apply", "-k", folder, "--dry-run=server"]);
  });
}

test("a second stack runs beside the first, and goes without it", async () => {
  const stack = await render(second);
  try {
    await apply(stack, box.kubectl);
    const report = await verify({ overlay: second, kubectl: box.kubectl, waitMilliseconds: 180_000 });
    assert.ok(report.ok, table(report));
  } finally {
    await box.kubectl.text(["delete", "-k", second, "--ignore-not-found"]);
  }
  const left = await box.kubectl.text(["get", "clusterroles,clusterrolebindings,namespaces", "--output=name"]);
  assert.doesNotMatch(left, /second/);
  const report = await verify({ overlay, kubectl: box.kubectl, waitMilliseconds: 60_000 });
  assert.ok(report.ok, table(report));
});

test.run();
