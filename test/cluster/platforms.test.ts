import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { etcdSecret } from "../../generators/components/etcd-client-certificate.js";
import { platformJobs } from "../../generators/platforms/types.js";
import { scrapeJobs } from "../../generators/prometheus/scrape/index.js";
import { k3sJobs } from "../../generators/prometheus/scrape/k3s.js";
import { optionalJobs } from "../../generators/prometheus/scrape/optional.js";
import { defaults, milliseconds } from "../../generators/settings.js";
import { apply } from "../../scripts/lib/apply.js";
import { firstNode } from "../../scripts/lib/cluster/layout.js";
import { pki } from "../../scripts/lib/cluster/pki.js";
import { temporaryFolder } from "../../scripts/lib/poc/folder.js";
import { start } from "../../scripts/lib/poc/program.js";
import { asking } from "../../scripts/lib/queries/ask.js";
import { askUntilAnswered, objections, queries } from "../../scripts/lib/queries/index.js";
import { serviceAddress } from "../../scripts/lib/queries/where.js";
import { render } from "../../scripts/lib/render.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { type Report, table, verify } from "../../scripts/lib/verify/index.js";
import { freePort, listening } from "../lib/ports.js";
import { type Devbox, devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { asOneProgram, get } from "./lib/one-program.js";
import { withOverlay } from "./lib/overlay.js";
import { query, targets } from "./lib/prometheus.js";

const { namespace } = defaults;
const components = [
  "platform-kubeadm",
  "insecure-control-plane-tls",
  "kubelet-paths",
  "insecure-kubelet-paths-tls",
  "kubernetes-apiservers-slis",
];

/** What is on then, beside the jobs of the base. */
const optional: readonly string[] = [...platformJobs, "kubelet-paths", "kubernetes-apiservers-slis"];
const on = [
  ...scrapeJobs(defaults),
  ...optionalJobs(defaults).flatMap(({ component, jobs }) => (optional.includes(component) ? jobs : [])),
];

let box: Devbox;

/** overlays/devbox with more Components, applied and looked at until all of it holds. */
async function withComponents(names: readonly string[]): Promise<Report> {
  const listed = { resources: ["overlays/devbox"], components: names.map((name) => `base/components/${name}`) };
  return await withOverlay(listed, async (overlay) => {
    await apply(await render(overlay), box.kubectl);
    return await verify({ overlay, kubectl: box.kubectl, waitMilliseconds: 240_000 });
  });
}

test.before(async () => {
  box = await devbox();
});

test.after(async () => {
  const own = await withOverlay(
    { resources: ["overlays/devbox"], components: components.map((name) => `base/components/${name}`) },
    async (overlay) => (await render(overlay)).objects,
  );
  const kept = new Set(
    (await render("overlays/devbox")).objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
  );
  const more = own.map(({ kind, metadata }) => `${kind}/${metadata.name}`).filter((name) => !kept.has(name));
  await apply(await render("overlays/devbox"), box.kubectl);
  await box.kubectl.text(["delete", "--namespace", namespace, "--ignore-not-found", `secret/${etcdSecret}`, ...more]);
});

test("on a cluster like kubeadm's every job of every part is up", async () => {
  const report = await withComponents(components);
  console.log(table(report));
  assert.ok(report.ok);
  const jobs = report.replicas.flatMap((replica) => replica.jobs);
  assert.deepEqual(jobs.map(({ job }) => job).sort(), on.map(({ config }) => config.job_name).sort());
  for (const { job, expected, up } of jobs) {
    assert.ok(expected !== null && expected > 0, `${job} expects nothing`);
    assert.equal(up, expected, job);
  }
});

test("every rule and panel of these jobs gives series, or says why it may not", async () => {
  const core = new Set(queries(defaults).map((one) => JSON.stringify(one)));
  const theirs = queries(defaults, on).filter((one) => !core.has(JSON.stringify(one)));
  assert.ok(theirs.length > 20);
  const prometheus = asking(
    await serviceAddress(box.kubectl, "prometheus", namespace),
    milliseconds(defaults.scrapeInterval),
  );
  assert.deepEqual(objections(await askUntilAnswered(theirs, prometheus, 150_000)), []);
  assert.deepEqual(await prometheus.unhealthyGroups(), []);
});

test("etcd answers its clients only with a certificate, and Prometheus has one", async () => {
  const url = `https://${firstNode.address}:2379/metrics`;
  await assert.rejects(get(url, { ca: await readFile(pki("etcd-ca.crt")) }));
  const files = {
    "ca.crt": "etcd-ca.crt",
    "tls.crt": "prometheus-etcd-client.crt",
    "tls.key": "prometheus-etcd-client.key",
  };
  const from = Object.entries(files).map(([key, file]) => `--from-file=${key}=${pki(file)}`);
  await box.kubectl.text(["create", "secret", "generic", etcdSecret, "--namespace", namespace, ...from]);
  const report = await withComponents([...components, "etcd-client-certificate"]);
  if (!report.ok) console.log(table(report));
  assert.ok(report.ok);
  const found = (await targets(box.kubectl)).filter(({ labels }) => labels.job === "etcd");
  assert.deepEqual(
    found.map(({ scrapeUrl, health }) => [scrapeUrl, health]),
    [[url, "up"]],
  );
  const [leader] = await query(box.kubectl, 'etcd_server_has_leader{job="etcd"}');
  assert.equal(leader?.value[1], "1");
});

test("on one program like k3s' each metric of a part is in one job", async () => {
  const exposition = await asOneProgram(box.kubectl);
  const server = http.createServer((_, response) => response.setHeader("content-type", "text/plain").end(exposition));
  const port = await listening(server);
  const folder = await temporaryFolder();
  const failures: Error[] = [];
  const jobs = k3sJobs(defaults).map(({ config }) => {
    const { authorization, tls_config, scheme, kubernetes_sd_configs, relabel_configs, ...rest } = config;
    return { ...rest, static_configs: [{ targets: [`127.0.0.1:${port}`] }] };
  });
  await writeFile(
    join(folder, "prometheus.yml"),
    stringify({ global: { scrape_interval: "5s", scrape_timeout: "5s" }, scrape_configs: jobs }),
  );
  const own = await freePort();
  const args = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", `--web.listen-address=127.0.0.1:${own}`];
  const program = start("Prometheus", await toolchain.tool("prometheus"), args, folder, (one) => failures.push(one));
  try {
    const prometheus = asking(`http://127.0.0.1:${own}`, 5000);
    await eventually("both jobs to be up", async () => {
      if (failures[0] !== undefined) throw failures[0];
      return (await prometheus.value("sum(up)")) === 2;
    });
    const count = (selector: string) => prometheus.series(`count by (job) (${selector})`);
    for (const part of ["apiserver_request_total", "scheduler_pending_pods", "kubelet_node_name", "kubeproxy_.+"]) {
      assert.equal(await count(`{__name__=~"${part}"}`), 1, part);
    }
    assert.equal(await prometheus.value('count(apiserver_request_total{job="kubelet"}) or vector(0)'), 0);
    // What is about the program as a whole, and what Prometheus itself says of a scrape.
    const shared = "go|process|rest|workqueue|kubernetes|cardinality|disabled|hidden|registered|scrape";
    const ofParts = `{__name__!~"(${shared})_.+|up", job!=""}`;
    assert.ok((await prometheus.series(`count by (__name__) (${ofParts})`)) > 200);
    assert.equal(await prometheus.series(`count by (__name__) (count by (__name__, job) (${ofParts})) > 1`), 0);
  } finally {
    await program.stop();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
