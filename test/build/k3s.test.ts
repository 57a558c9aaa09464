import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { k3sJobs } from "../../generators/prometheus/scrape/k3s.js";
import { defaults } from "../../generators/settings/index.js";
import type { JobCatalogue } from "../../metrics/catalogue/types.js";
import { temporaryFolder } from "../../scripts/lib/poc/folder.js";
import { type Program, start } from "../../scripts/lib/poc/program.js";
import { type PrometheusApi, prometheusAt } from "../../scripts/lib/prometheus.js";
import { readCatalogues } from "../../scripts/lib/read-catalogues.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { eventually } from "../cluster/lib/eventually.js";
import { freePort, listening } from "../lib/ports.js";

/*
 * k3s is one program with one registry of metrics. So one server here has every metric that the parts were recorded with,
 * and the real Prometheus scrapes it twice, as it would the API server's port of k3s and the kubelet's.
 */

const parts = ["kubernetes-apiservers", "kube-scheduler", "kube-controller-manager", "kubelet", "kube-proxy"];
const catalogues = await readCatalogues();

/** Each metric of all parts once, with one sample. */
function asOneProgram(): string {
  const all: JobCatalogue = Object.assign({}, ...parts.map((part) => catalogues.get(part) ?? assert.fail(part)));
  return Object.entries(all)
    .map(([name, { type }]) =>
      type === "histogram" ? `${name}_bucket{le="+Inf"} 1\n${name}_count 1\n${name}_sum 1` : `${name} 1`,
    )
    .concat("")
    .join("\n");
}

let folder: string;
let server: http.Server;
let program: Program;
let prometheus: PrometheusApi;

test.before(async () => {
  const exposition = asOneProgram();
  server = http.createServer((_, response) => response.setHeader("content-type", "text/plain").end(exposition));
  const targets = [`127.0.0.1:${await listening(server)}`];
  folder = await temporaryFolder();
  const scrape_configs = k3sJobs(defaults).map(({ config }) => {
    const { authorization, tls_config, scheme, kubernetes_sd_configs, relabel_configs, ...rest } = config;
    return { ...rest, static_configs: [{ targets }] };
  });
  const global = { scrape_interval: "1s", scrape_timeout: "1s" };
  await writeFile(join(folder, "prometheus.yml"), stringify({ global, scrape_configs }));
  const port = await freePort();
  const args = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", `--web.listen-address=127.0.0.1:${port}`];
  const failures: Error[] = [];
  program = start("Prometheus", await toolchain.tool("prometheus"), args, folder, (one) => failures.push(one));
  prometheus = prometheusAt(`http://127.0.0.1:${port}`);
  await eventually("both jobs to be up", async () => {
    if (failures[0] !== undefined) throw failures[0];
    return (await prometheus.value("sum(up)")) === 2;
  });
});

test.after(async () => {
  await program?.stop();
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

for (const [name, job] of [
  ["apiserver_request_total", "kubernetes-apiservers"],
  ["scheduler_pending_pods", "kubernetes-apiservers"],
  ["kubelet_running_pods", "kubelet"],
  ["kubeproxy_sync_proxy_rules_last_timestamp_seconds", "kubelet"],
] as const) {
  test(`${name} is in job ${job} alone`, async () => {
    assert.equal((await prometheus.instant(`{__name__="${name}"}`)).length, 1);
    assert.equal((await prometheus.instant(`{__name__="${name}", job="${job}"}`)).length, 1);
  });
}

test("no metric is in both jobs but for those of the program as a whole, and of Prometheus' own scrapes", async () => {
  const shared = "go|process|rest|workqueue|kubernetes|cardinality|disabled|hidden|registered|scrape";
  const ofParts = `{__name__!~"(${shared})_.+|up", job!=""}`;
  assert.ok((await prometheus.instant(`count by (__name__) (${ofParts})`)).length > 200);
  assert.equal((await prometheus.instant(`count by (__name__) (count by (__name__, job) (${ofParts})) > 1`)).length, 0);
});

test.run();
