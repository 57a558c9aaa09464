import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { receivers, receiversFolder, webhooks } from "../../generators/alertmanager/config.js";
import { folders, pod } from "../../generators/alertmanager/pod.js";
import { defaults } from "../../generators/settings/index.js";
import { temporaryFolder } from "../../scripts/lib/poc/folder.js";
import { freePort } from "../../scripts/lib/poc/ports.js";
import { start } from "../../scripts/lib/poc/program.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { eventually } from "../cluster/lib/eventually.js";

/*
 * The real Alertmanager with the arguments of its pod and the configuration of components/alertmanager-webhooks. What it asks of
 * the clock is made short, since no time is proven here.
 */

type Labels = Readonly<Record<string, string>>;

interface Alert {
  readonly labels: Labels;
  readonly status: { readonly inhibitedBy: readonly string[]; readonly state: string };
}

const told: { readonly receiver: string; readonly labels: Labels }[] = [];
let folder = "";
let inbox: Server;
let address = "";
let running: ReturnType<typeof start>;

test.before(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, "receivers"));
  inbox = createServer((request, response) => {
    const receiver = request.url?.slice(1) ?? "";
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      // The pager fails every time.
      if (receiver !== "critical") {
        const { alerts } = JSON.parse(body) as { alerts: { labels: Labels }[] };
        told.push(...alerts.map(({ labels }) => ({ receiver, labels })));
      }
      response.writeHead(receiver === "critical" ? 400 : 200).end();
    });
  });
  await new Promise<void>((resolve) => inbox.listen(0, "127.0.0.1", resolve));
  const { port } = inbox.address() as AddressInfo;
  for (const name of receivers)
    await writeFile(join(folder, "receivers", `${name}-url`), `http://127.0.0.1:${port}/${name}`);
  const config = stringify(webhooks(defaults)).replaceAll(receiversFolder, join(folder, "receivers"));
  await writeFile(join(folder, "alertmanager.yml"), config.replaceAll(/group_wait: .*/g, "group_wait: 2s"));
  const http = await freePort();
  address = `http://127.0.0.1:${http}`;
  const args = pod(defaults, {})
    .spec?.containers[0]?.args?.filter((arg) => !arg.startsWith("--cluster."))
    .map((arg) =>
      arg
        .replace("$(WEB_CONFIG_FILE)", "")
        .replace("$(EXTERNAL_URL)", "")
        .replace(`=${folders.config}/`, `=${folder}/`)
        .replace(/^(--storage.path=).*/, `$1${join(folder, "data")}`)
        .replace(/^(--web.listen-address=):\d+$/, `$1127.0.0.1:${http}`),
    );
  running = start(
    "Alertmanager",
    await toolchain.tool("alertmanager"),
    [...(args ?? []), "--cluster.listen-address="],
    folder,
    () => {},
  );
  await eventually("Alertmanager to be ready", async () => (await fetch(`${address}/-/ready`)).ok, 20_000);
});

test.after(async () => {
  await running.stop();
  inbox.close();
  await rm(folder, { recursive: true });
});

async function give(...alerts: readonly Labels[]): Promise<void> {
  const body = JSON.stringify(alerts.map((labels) => ({ labels })));
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${address}/api/v2/alerts`, { method: "POST", headers, body });
  assert.equal(response.status, 200, await response.text());
}

/** Whether Alertmanager holds an alert back because of another, once it has looked. */
async function heldBack(labels: Labels): Promise<boolean> {
  const filter = Object.entries(labels).map(([name, value]) => `filter=${encodeURIComponent(`${name}="${value}"`)}`);
  let state = "";
  await eventually(
    `Alertmanager to have decided on ${JSON.stringify(labels)}`,
    async () => {
      const found = (await (await fetch(`${address}/api/v2/alerts?${filter.join("&")}`)).json()) as Alert[];
      state = found[0]?.status.state ?? "unprocessed";
      return state !== "unprocessed";
    },
    20_000,
  );
  return state === "suppressed";
}

test("a receiver that fails is told apart from those that work", async () => {
  await give(
    { alertname: "Watchdog", severity: "none" },
    { alertname: "Down", severity: "critical" },
    { alertname: "Late", severity: "warning" },
  );
  const value = (text: string, metric: string, receiver: string) =>
    [...text.matchAll(new RegExp(`^alertmanager_${metric}\\{.*receiver_name="${receiver}".*\\} (\\d+)`, "gm"))].reduce(
      (sum, [, number]) => sum + Number(number),
      0,
    );
  await eventually(
    "each receiver to be told or to fail",
    async () => {
      const text = await (await fetch(`${address}/metrics`)).text();
      const failed = receivers.map((name) => value(text, "notifications_failed_total", name) > 0);
      return String(failed) === "true,false,false" && told.some(({ receiver }) => receiver === "warning");
    },
    30_000,
  );
});

test("a critical alert silences its own warning, and none of another receiver, cluster or device", async () => {
  const same = { alertname: "FailedToSend", cluster: "one", integration: "webhook", receiver_name: "critical" };
  await give({ ...same, severity: "critical" });
  for (const [other, silenced] of [
    [{}, true],
    [{ receiver_name: "second" }, false],
    [{ integration: "email" }, false],
    [{ cluster: "two" }, false],
  ] as const) {
    const warning = { ...same, ...other, severity: "warning" };
    await give(warning);
    // Alertmanager hears of the critical one a moment after it has taken it.
    if (silenced) await eventually("the warning to be held back", () => heldBack(warning), 20_000);
    else assert.equal(await heldBack(warning), false, JSON.stringify(other));
  }
});

test("an info alert is told beside something worse, and held back by itself", async () => {
  const alone = { alertname: "Throttled", severity: "info", cluster: "one", namespace: "shop" };
  const beside = { ...alone, namespace: "mail" };
  const otherCluster = { ...alone, cluster: "two" };
  const ofNode = { alertname: "Busy", severity: "info", cluster: "one", node: "n1" };
  const ofOtherNode = { ...ofNode, node: "n2" };
  await give(
    { alertname: "InfoInhibitor", severity: "none", cluster: "one", namespace: "shop" },
    { alertname: "InfoInhibitor", severity: "none", cluster: "one", node: "n1" },
  );
  await give(alone, beside, otherCluster, ofNode, ofOtherNode);
  for (const [alert, held] of [
    [alone, true],
    [beside, false],
    [otherCluster, false],
    [ofNode, true],
    [ofOtherNode, false],
  ] as const)
    assert.equal(await heldBack(alert), held, JSON.stringify(alert));
  await eventually(
    "somebody to be told of the info alert",
    async () => told.some(({ receiver, labels }) => receiver === "warning" && labels.namespace === "mail"),
    20_000,
  );
});

test.run();
