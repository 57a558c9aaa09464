import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { $ } from "zx";
import { etcdWithCertificate } from "../../generators/components/etcd-client-certificate.js";
import { etcd } from "../../generators/prometheus/scrape/etcd.js";
import type { ScrapeJob } from "../../metrics/scrape-job.js";
import { temporaryFolder } from "../../scripts/lib/poc/folder.js";
import { type Program, start } from "../../scripts/lib/poc/program.js";
import { prometheusAt } from "../../scripts/lib/prometheus.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { diagnose } from "../../scripts/lib/verify/down.js";
import { eventually } from "../cluster/lib/eventually.js";
import { freePort } from "../lib/ports.js";

/* The real etcd, which asks its clients for certificates, and the real Prometheus: with one, without, and at the port for metrics. */

let folder: string;
const programs: Program[] = [];
let address = "";

test.before(async () => {
  folder = await temporaryFolder();
  await certificates();
  const [clients, peers, metrics, web] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const failures: Error[] = [];
  const run = async (name: "etcd" | "prometheus", args: readonly string[]) => {
    programs.push(start(name, await toolchain.tool(name), args, folder, (failure) => failures.push(failure)));
  };
  await run("etcd", [
    "--data-dir=etcd-data",
    `--listen-client-urls=https://127.0.0.1:${clients}`,
    `--advertise-client-urls=https://127.0.0.1:${clients}`,
    `--listen-peer-urls=http://127.0.0.1:${peers}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peers}`,
    `--initial-cluster=default=http://127.0.0.1:${peers}`,
    `--listen-metrics-urls=http://127.0.0.1:${metrics}`,
    ...["--cert-file=server.crt", "--key-file=server.key", "--trusted-ca-file=ca.crt", "--client-cert-auth"],
  ]);
  const certified = at(etcdWithCertificate(), clients);
  const { ca_file } = certified.tls_config as { ca_file: string };
  const scrape_configs = [
    { ...certified, job_name: "with a certificate" },
    { ...certified, job_name: "without", tls_config: { ca_file } },
    { ...at(etcd(), metrics), job_name: "metrics alone" },
  ];
  const global = { scrape_interval: "1s", scrape_timeout: "1s" };
  await writeFile(join(folder, "prometheus.yml"), stringify({ global, scrape_configs }));
  await run("prometheus", [
    "--config.file=prometheus.yml",
    "--storage.tsdb.path=data",
    `--web.listen-address=127.0.0.1:${web}`,
  ]);
  address = `http://127.0.0.1:${web}`;
  await eventually("etcd to be scraped", async () => {
    if (failures[0] !== undefined) throw failures[0];
    return (await health("metrics alone"))?.health === "up";
  });
});

test.after(async () => {
  for (const program of programs) await program.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The job as it is, but for where etcd is and where its Secret is mounted. */
function at({ config }: ScrapeJob, port: number) {
  const { kubernetes_sd_configs, relabel_configs, tls_config = {}, ...rest } = config;
  const files = Object.entries(tls_config).map(([key, path]) => [key, `${path}`.replace(/^.*\//, "")]);
  return { ...rest, tls_config: Object.fromEntries(files), static_configs: [{ targets: [`127.0.0.1:${port}`] }] };
}

/** A CA, and what it signs for etcd and for Prometheus, named as the keys of the Secret. */
async function certificates(): Promise<void> {
  const openssl = $({ quiet: true, cwd: folder });
  await writeFile(join(folder, "openssl.cnf"), "[req]\ndistinguished_name = subject\n[subject]\n");
  const request = "req -config openssl.cnf -x509 -nodes -days 1 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1".split(
    " ",
  );
  const ca = ["-addext", "basicConstraints=critical,CA:TRUE", "-subj", "/CN=etcd-ca"];
  await openssl`openssl ${request} ${ca} -keyout ca.key -out ca.crt`;
  for (const [name, usage] of [
    ["server", "serverAuth,clientAuth"],
    ["tls", "clientAuth"],
  ]) {
    const extensions = [
      `extendedKeyUsage=${usage}`,
      "subjectAltName=IP:127.0.0.1",
      "basicConstraints=critical,CA:FALSE",
    ];
    const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", ...extensions.flatMap((text) => ["-addext", text])];
    await openssl`openssl ${request} ${signed} -subj /CN=${name} -keyout ${name}.key -out ${name}.crt`;
  }
}

async function health(job: string) {
  return (await prometheusAt(address).targets()).find(({ scrapePool }) => scrapePool === job);
}

test("with the certificate of its Secret Prometheus reads etcd at the port of its clients", async () => {
  await eventually("the scrape with a certificate", async () => (await health("with a certificate"))?.health === "up");
});

test("without one etcd refuses it, and verify knows why", async () => {
  const { config, expects } = etcd();
  const found = {
    config,
    expects,
    address: "127.0.0.1:2379",
    path: "/metrics",
    owner: "node a",
    namespace: "monitoring",
  };
  await eventually("etcd to refuse the scrape without a certificate", async () => {
    const { health: state, lastError = "" } = (await health("without")) ?? {};
    return (
      state === "down" &&
      /^it refuses the TLS connection/.test(diagnose({ lastError }, { ...found, grant: undefined }).reason)
    );
  });
  assert.equal((await health("with a certificate"))?.health, "up");
});

test.run();
