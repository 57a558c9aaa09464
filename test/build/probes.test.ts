import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { test } from "uvu";
import { stringify } from "yaml";
import { $ } from "zx";
import { clusterCaFolder, config } from "../../generators/blackbox-exporter/config.js";
import { defaults } from "../../generators/settings/index.js";
import { freePort } from "../../scripts/lib/poc/ports.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { eventually } from "../cluster/lib/eventually.js";

/* The real blackbox-exporter with the generated configuration, and what it is to see, all on loopback. */

let folder = "";
let prober: ChildProcess;
let address = "";
const servers: Server[] = [];
const at = { page: 0, valid: 0, expired: 0, closed: 0 };

async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A server with a certificate of the authority in the folder, valid for so many days. */
async function withCertificate(name: string, days: number): Promise<Server> {
  const openssl = $({ quiet: true, cwd: folder });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await writeFile(join(folder, "extensions"), "subjectAltName=IP:127.0.0.1\n");
  await openssl`openssl req -new ${key} -keyout ${`${name}.key`} -subj ${`/CN=${name}`} -out ${`${name}.csr`}`;
  const authority = ["-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", "1", "-extfile", "extensions"];
  await openssl`openssl x509 -req -in ${`${name}.csr`} ${authority} -days ${days} -out ${`${name}.crt`}`;
  const [keyText, cert] = await Promise.all([`${name}.key`, `${name}.crt`].map((file) => readFile(join(folder, file))));
  return createTlsServer({ key: keyText, cert }, (socket) => socket.end());
}

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "plain-prometheus-probes-"));
  const own = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "ca.key"];
  await $({ quiet: true, cwd: folder })`openssl req -x509 ${own} -subj /CN=authority -days 90 -out ca.crt`;
  at.page = await listening(createHttpServer((_, response) => response.end("fine")));
  at.valid = await listening(await withCertificate("valid", 30));
  at.expired = await listening(await withCertificate("expired", -1));
  // Ports that were free a moment ago: one stays closed, the other is the prober's.
  at.closed = await freePort();
  const port = await freePort();
  await writeFile(join(folder, "blackbox.yml"), stringify(config(defaults)).replaceAll(clusterCaFolder, folder));
  address = `http://127.0.0.1:${port}`;
  prober = spawn(
    await toolchain.tool("blackbox_exporter"),
    ["--config.file=blackbox.yml", "--config.enable-auto-reload", `--web.listen-address=127.0.0.1:${port}`],
    { cwd: folder, stdio: "ignore" },
  );
  await eventually("blackbox-exporter to answer", async () => (await fetch(`${address}/-/healthy`)).ok, 30_000);
});

test.after(async () => {
  prober?.kill();
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

/** The samples of one probe, by the name of the metric; of those with labels, the last one. */
async function probe(module: string, target: string): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${address}/probe?${new URLSearchParams({ module, target })}`);
  assert.equal(response.status, 200, `${module} of ${target}: ${response.status}`);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.replace(/[ {].*$/, ""), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

const seconds = () => Date.now() / 1000;

test("a page that answers is seen, with its code", async () => {
  const { probe_success, probe_http_status_code } = await probe("http_2xx", `http://127.0.0.1:${at.page}/`);
  assert.deepEqual([probe_success, probe_http_status_code], [1, 200]);
});

test("a port that listens is seen, and one that is closed", async () => {
  assert.equal((await probe("tcp_connect", `127.0.0.1:${at.page}`)).probe_success, 1);
  assert.equal((await probe("tcp_connect", `127.0.0.1:${at.closed}`)).probe_success, 0);
});

test("a valid certificate is verified, and when it ends is seen", async () => {
  const { probe_success, probe_ssl_earliest_cert_expiry = 0 } = await probe("tls_cluster_ca", `127.0.0.1:${at.valid}`);
  assert.equal(probe_success, 1);
  const days = (probe_ssl_earliest_cert_expiry - seconds()) / 86_400;
  assert.ok(days > 29 && days <= 30, `${days} days`);
});

test("an expired certificate fails where it is checked, and its end is seen by tls_expiry", async () => {
  const checked = await probe("tls_cluster_ca", `127.0.0.1:${at.expired}`);
  assert.equal(checked.probe_success, 0);
  const read = await probe("tls_expiry", `127.0.0.1:${at.expired}`);
  assert.equal(read.probe_success, 1);
  assert.ok((read.probe_ssl_earliest_cert_expiry ?? Number.NaN) < seconds());
});

test("a certificate that nobody known signed fails where public ones are wanted", async () => {
  assert.equal((await probe("tls", `127.0.0.1:${at.valid}`)).probe_success, 0);
});

test("the program says the version that the image's tag says", async () => {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  assert.match(
    metrics,
    new RegExp(`blackbox_exporter_build_info{.*version="${await toolchain.version("blackbox_exporter")}"`),
  );
});

test.run();
