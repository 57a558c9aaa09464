import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import http, { type RequestListener } from "node:http";
import https from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { $ } from "zx";
import { annotatedPods } from "../../generators/prometheus/scrape/annotated-pods.js";
import { defaults } from "../../generators/settings/index.js";
import type { ScrapeConfig } from "../../metrics/scrape-job.js";
import { temporaryFolder } from "../../scripts/lib/poc/folder.js";
import { type Program, start } from "../../scripts/lib/poc/program.js";
import { type ActiveTarget, prometheusAt } from "../../scripts/lib/prometheus.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { diagnose } from "../../scripts/lib/verify/down.js";
import { eventually } from "../cluster/lib/eventually.js";

/*
 * What verify knows a failure by is the text of Prometheus' errors, which no promise keeps as it is. So the real
 * Prometheus scrapes targets that fail in every way, and each must be known.
 */

interface Failing {
  readonly target: (tls: https.ServerOptions) => Server | http.Server;
  readonly config?: Record<string, unknown>;
  readonly reason: RegExp;
}

function answering(status: number, body = "", headers: http.OutgoingHttpHeaders = { "content-type": "text/plain" }) {
  const listener: RequestListener = (_, response) => response.writeHead(status, headers).end(body);
  return () => http.createServer(listener);
}

const metrics = answering(200, 'a 1\nb{c="d"} 2\n');
const silent = () => http.createServer(() => {});

const failing: Record<string, Failing> = {
  unauthorized: { target: answering(401), reason: /^the target does not know who asks/ },
  forbidden: { target: answering(403), reason: /^Prometheus is not allowed to read it/ },
  "not-found": { target: answering(404), reason: /^the target has nothing at/ },
  "own-failure": { target: answering(503), reason: /^the target fails to answer/ },
  "self-signed": {
    target: (tls) => https.createServer(tls),
    config: { scheme: "https" },
    reason: /^its certificate cannot be verified/,
  },
  "http-for-https": { target: metrics, config: { scheme: "https" }, reason: /^it speaks HTTP and is asked over HTTPS/ },
  "https-for-http": { target: (tls) => https.createServer(tls), reason: /HTTPS|without an answer/ },
  "wants-a-certificate": {
    target: (tls) => https.createServer({ ...tls, requestCert: true, rejectUnauthorized: true }),
    config: { scheme: "https", tls_config: { insecure_skip_verify: true } },
    reason: /^it refuses the TLS connection/,
  },
  refused: { target: metrics, reason: /^nothing listens at/ },
  slow: { target: silent, reason: /does not answer in time/ },
  "cut-off": { target: () => createServer((socket) => socket.destroy()), reason: /^it closes the connection/ },
  unresolvable: {
    target: metrics,
    config: { static_configs: [{ targets: ["no-such-name.invalid:80"] }] },
    reason: /cannot be resolved/,
  },
  "no-token": {
    target: metrics,
    config: { authorization: { credentials_file: "/nowhere/token" } },
    reason: /^Prometheus cannot read a file/,
  },
  "too-many-samples": { target: metrics, config: { sample_limit: 1 }, reason: /^it answers, .* sample_limit is 1:/ },
  "too-many-labels": { target: metrics, config: { label_limit: 2 }, reason: /^it gives more than the job accepts/ },
  "too-large": {
    target: metrics,
    config: { body_size_limit: "1B" },
    reason: /^it answers, .* body_size_limit is 1B:/,
  },
  "a-page": {
    target: answering(200, "<html></html>", { "content-type": "text/html" }),
    reason: /are no metrics/,
  },
  "no-content-type": { target: answering(200, "a 1\n", {}), reason: /^its answer has no Content-Type/ },
  "no-metrics": { target: answering(200, "<html></html>"), reason: /are no metrics/ },
};

/** What the job of annotated workloads reads all the same. */
const read: Record<string, Failing["target"]> = {
  "no-content-type-there": answering(200, "a 1\n", {}),
  "a-page-of-metrics": answering(200, "a 1\n", { "content-type": "text/html" }),
};

let folder: string;
let prometheus: Program;
const servers: (Server | http.Server)[] = [];
let scraped: readonly ActiveTarget[] = [];

test.before(async () => {
  folder = await temporaryFolder();
  const subject = ["-subj", "/CN=other.invalid", "-days", "1"];
  await $({
    quiet: true,
    cwd: folder,
  })`openssl req -x509 -nodes -newkey rsa:2048 -keyout key -out certificate ${subject}`;
  const tls = { key: await readFile(join(folder, "key")), cert: await readFile(join(folder, "certificate")) };
  const jobs: (ScrapeConfig & Record<string, unknown>)[] = [];
  for (const [job_name, { target, config = {} }] of Object.entries(failing)) {
    const server = target(tls);
    servers.push(server);
    jobs.push({ job_name, static_configs: [{ targets: [`127.0.0.1:${await portOf(server)}`] }], ...config });
    if (job_name === "refused") server.close();
  }
  const { fallback_scrape_protocol } = annotatedPods(defaults).config;
  for (const [job_name, target] of Object.entries(read)) {
    const server = target(tls);
    servers.push(server);
    const static_configs = [{ targets: [`127.0.0.1:${await portOf(server)}`] }];
    jobs.push({ job_name, static_configs, ...(fallback_scrape_protocol && { fallback_scrape_protocol }) });
  }
  const global = { scrape_interval: "2s", scrape_timeout: "1s" };
  await writeFile(join(folder, "prometheus.yml"), stringify({ global, scrape_configs: jobs }));
  const free = createServer();
  const port = await portOf(free);
  free.close();
  const args = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", `--web.listen-address=127.0.0.1:${port}`];
  const failures: Error[] = [];
  prometheus = start("Prometheus", await toolchain.tool("prometheus"), args, folder, (failure) =>
    failures.push(failure),
  );
  await eventually("every target to be scraped", async () => {
    if (failures[0] !== undefined) throw failures[0];
    scraped = await prometheusAt(`http://127.0.0.1:${port}`).targets();
    return scraped.length === jobs.length && scraped.every(({ health }) => health !== "unknown");
  });
});

test.after(async () => {
  await prometheus?.stop();
  for (const server of servers) {
    if (server instanceof http.Server) server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

function portOf(server: Server | http.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

for (const [job_name, { reason }] of Object.entries(failing)) {
  test(`Prometheus' error is understood: ${job_name}`, () => {
    const target = scraped.find(({ scrapePool }) => scrapePool === job_name) ?? assert.fail("no such target");
    assert.equal(target.health, "down", `it is ${target.health}`);
    const found = diagnose(target, {
      config: { job_name, ...failing[job_name]?.config },
      expects: undefined,
      address: "127.0.0.1:1",
      path: "/metrics",
      owner: "node a",
      namespace: "monitoring",
      grant: undefined,
    });
    assert.match(found.reason, reason);
  });
}

for (const job_name of Object.keys(read)) {
  test(`an application is read: ${job_name}`, () => {
    const target = scraped.find(({ scrapePool }) => scrapePool === job_name);
    assert.equal(target?.health, "up", target?.lastError);
  });
}

test.run();
