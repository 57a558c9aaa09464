import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import type { IEndpointSlice } from "kubernetes-models/discovery.k8s.io/v1/EndpointSlice";
import { test } from "uvu";
import { stringify } from "yaml";
import { etcdSecret } from "../../generators/components/etcd-client-certificate.js";
import { platformJobs } from "../../generators/platforms/types.js";
import { annotated, probing } from "../../generators/prometheus/scrape/applications.js";
import { scrapeJobs } from "../../generators/prometheus/scrape/index.js";
import { k3sJobs } from "../../generators/prometheus/scrape/k3s.js";
import { optionalJobs } from "../../generators/prometheus/scrape/optional.js";
import { defaults } from "../../generators/settings/index.js";
import { words } from "../../proof/lib/docs/security.js";
import { askUntilAnswered, objections, queries, unhealthyGroups } from "../../proof/lib/queries/index.js";
import { livePrometheus } from "../../proof/lib/queries/where.js";
import { type Proof, proveRbac } from "../../proof/lib/rbac/index.js";
import { holdersIn } from "../../proof/lib/rbac/removals.js";
import { hostAndPort, scraped } from "../../scripts/lib/address.js";
import { apply } from "../../scripts/lib/apply.js";
import { pki } from "../../scripts/lib/cluster/pki.js";
import { hasIpv6 } from "../../scripts/lib/cluster/prerequisites.js";
import { temporaryFolder } from "../../scripts/lib/poc/folder.js";
import { start } from "../../scripts/lib/poc/program.js";
import { prometheusAt } from "../../scripts/lib/prometheus.js";
import { render } from "../../scripts/lib/render.js";
import type { Rendered } from "../../scripts/lib/rendered/objects.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { type Report, table, verify } from "../../scripts/lib/verify/index.js";
import { freePort, listening } from "../lib/ports.js";
import { type Devbox, devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { exporter, ports, service } from "./lib/exporter.js";
import { asOneProgram, get } from "./lib/one-program.js";
import { backToDevbox, type Changes, withOverlay } from "./lib/overlay.js";
import { query, targets } from "./lib/prometheus.js";
import { objectionsTo } from "./lib/proof.js";

const { namespace } = defaults;
const components = [
  "platform-kubeadm",
  "insecure-control-plane-tls",
  "kubelet-paths",
  "insecure-kubelet-paths-tls",
  "kubernetes-apiservers-slis",
];

/** What gives every other job that this machine can have. */
const everything = [...components, "blackbox-exporter", "annotated-workloads"];

/**
 * Those whose permissions are taken away here. Annotations take one for all pods, with which those for some would be
 * there twice: they are proven in workloads.test.ts.
 */
const proven = everything.filter((name) => name !== "annotated-workloads");

/** Where a pod and a Service ask to be scraped. */
const shop = "platforms-test";
const asked = { "prometheus.io/scrape": "true", "prometheus.io/port": `${ports[0]}` };

/** What is on then, beside the jobs of the base. */
const optional: readonly string[] = [...platformJobs, "kubelet-paths", "kubernetes-apiservers-slis"];
const on = [
  ...scrapeJobs(defaults),
  ...optionalJobs(defaults).flatMap(({ component, jobs }) => (optional.includes(component) ? jobs : [])),
];

/** Both families of addresses, where the machine has both. */
const dualStack = hasIpv6();

let box: Devbox;
let proving: Promise<readonly Proof[]>;

/** overlays/devbox with more Components, and with Services of every family that the cluster has. */
function changes(names: readonly string[]): Changes {
  const services = ["prometheus", "kube-state-metrics", "alertmanager"];
  return {
    resources: ["overlays/devbox"],
    components: names.map((name) => `base/components/${name}`),
    patches: [...services, ...(names.includes("blackbox-exporter") ? ["blackbox-exporter"] : [])].map((name) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: { ipFamilyPolicy: "PreferDualStack" },
    })),
  };
}

/** Such an overlay, applied and looked at until all of it holds. */
async function withComponents(names: readonly string[]): Promise<Report> {
  return await withOverlay(changes(names), async (overlay) => {
    await apply(await render(overlay), box.kubectl);
    return await verify({ overlay, kubectl: box.kubectl, waitMilliseconds: 240_000 });
  });
}

test.before(async () => {
  box = await devbox("--nodes", "2", ...(dualStack ? ["--ip-families", "IPv6,IPv4"] : []));
  const { kubectl } = box;
  await kubectl.text(["delete", "namespace", shop, "--ignore-not-found"]);
  const objects = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: shop } },
    ...exporter({ name: "asks", namespace: shop, samples: 3, annotations: asked }),
    ...exporter({ name: "behind", namespace: shop, samples: 3 }),
    service("behind", shop, "behind", ports[0], asked, "PreferDualStack"),
  ];
  await kubectl.text(["create", "-f", "-"], { input: objects.map((object) => JSON.stringify(object)).join("\n") });
});

test.after(async () => {
  if (box === undefined) return;
  const { kubectl } = box;
  await kubectl.text(["delete", "namespace", shop, "--ignore-not-found", "--wait=false"]);
  await kubectl.text(["delete", "--namespace", namespace, "--ignore-not-found", `secret/${etcdSecret}`]);
  await withOverlay(changes(everything), async (overlay) => backToDevbox(kubectl, (await render(overlay)).objects));
});

test("on a cluster like kubeadm's, of two nodes, every job of every part is up", async () => {
  const report = await withComponents(everything);
  console.log(table(report));
  assert.ok(report.ok);
  const jobs = report.replicas.flatMap((replica) => replica.jobs);
  const expected = [...on, ...annotated(defaults).jobs, ...probing(defaults).jobs];
  assert.deepEqual(jobs.map(({ job }) => job).sort(), expected.map(({ config }) => config.job_name).sort());
  for (const { job, expected, up } of jobs) {
    assert.ok(expected !== null && expected > 0, `${job} expects nothing`);
    assert.equal(up, expected, job);
  }
});

test(`nothing is scraped twice, on two nodes ${dualStack ? "of both address families" : "without IPv6"}`, async () => {
  const found = await targets(box.kubectl);
  const things = found.map(({ labels, scrapeUrl }) => `${labels.job} ${labels.instance} ${scraped(scrapeUrl).path}`);
  assert.deepEqual(repeated(things), []);
  assert.deepEqual(repeated(found.map(({ labels }) => JSON.stringify(Object.entries(labels).sort()))), []);
  const nodes = (await box.nodes()).map(({ name }) => name).sort();
  assert.equal(nodes.length, 2);
  for (const { config, expects } of on.filter(({ expects }) => expects.every === "node")) {
    const own = found.filter(({ labels }) => labels.job === config.job_name).map(({ labels }) => labels.node);
    const meant = "part" in expects ? [box.layout.nodes[0].name] : nodes;
    assert.deepEqual(own.sort(), meant, config.job_name);
  }
});

if (dualStack) {
  test("each pod was found at an address of either family, and is scraped at one", async () => {
    for (const [name, within, port] of [
      ["prometheus", namespace, 9090],
      ["behind", shop, ports[0]],
    ] as const) {
      const selector = `--selector=kubernetes.io/service-name=${name}`;
      const { items } = await box.kubectl.json<{ items: readonly IEndpointSlice[] }>([
        "get",
        "endpointslices",
        "--namespace",
        within,
        selector,
      ]);
      const addresses = items.flatMap(({ endpoints }) => endpoints?.flatMap((endpoint) => endpoint.addresses) ?? []);
      assert.deepEqual(addresses.map((address) => isIPv6(address)).sort(), [false, true], name);
      const here = addresses.map((address) => hostAndPort(address, port));
      const scrapedAt = (await targets(box.kubectl)).map(({ scrapeUrl }) => scraped(scrapeUrl).address);
      assert.deepEqual(
        scrapedAt.filter((address) => here.includes(address)),
        here.filter((_, index) => isIPv6(addresses[index] ?? "")),
        name,
      );
    }
  });
}

test("every rule and panel of these jobs gives series, or says why it may not", async () => {
  // Copies of Prometheus come to rest meanwhile.
  proving = withOverlay(changes(proven), async (overlay) => {
    const rendered = await render(overlay);
    return await proveRbac(rendered, box.kubectl, { roles: rolesOf("prometheus", rendered) });
  });
  // Whoever waits for it below is told.
  proving.catch(() => undefined);
  const core = new Set(queries(defaults).map((one) => JSON.stringify(one)));
  const theirs = queries(defaults, on).filter((one) => !core.has(JSON.stringify(one)));
  assert.ok(theirs.length > 20);
  const prometheus = await livePrometheus(box.kubectl, namespace);
  assert.deepEqual(objections(await askUntilAnswered(theirs, prometheus, 150_000)), []);
  assert.deepEqual(await unhealthyGroups(prometheus), []);
});

test("without each permission is lost what the derivation says, those of these jobs included", async () => {
  const proofs = await proving;
  await withOverlay(changes(proven), async (overlay) =>
    assert.deepEqual(objectionsTo(proofs, await render(overlay)), []),
  );
  const lost = Object.fromEntries(
    proofs.map(({ removal, loss }) => [`${removal.binding.roleRef.name}: ${words(removal.permission)}`, loss?.jobs]),
  );
  assert.deepEqual(lost["plain-prometheus:prometheus-coredns: list, watch `pods`"], ["coredns"]);
  assert.deepEqual(lost["plain-prometheus:prometheus-kubernetes-apiservers-slis: get `/metrics/slis`"], [
    "kubernetes-apiservers-slis",
  ]);
  for (const job of ["kube-scheduler", "kube-controller-manager"]) {
    assert.ok(lost["plain-prometheus:prometheus: get `/metrics`"]?.includes(job), job);
  }
});

test("etcd answers its clients only with a certificate, and Prometheus has one", async () => {
  const url = `https://${hostAndPort(box.layout.nodes[0].address, 2379)}/metrics`;
  await assert.rejects(get(url, { ca: await readFile(pki(box.layout, "etcd-ca.crt")) }));
  const files = {
    "ca.crt": "etcd-ca.crt",
    "tls.crt": "prometheus-etcd-client.crt",
    "tls.key": "prometheus-etcd-client.key",
  };
  const from = Object.entries(files).map(([key, file]) => `--from-file=${key}=${pki(box.layout, file)}`);
  await box.kubectl.text(["create", "secret", "generic", etcdSecret, "--namespace", namespace, ...from]);
  const report = await withComponents([...everything, "etcd-client-certificate"]);
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
  const exposition = await asOneProgram(box.kubectl, box.layout);
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
    const prometheus = prometheusAt(`http://127.0.0.1:${own}`);
    await eventually("both jobs to be up", async () => {
      if (failures[0] !== undefined) throw failures[0];
      return (await prometheus.value("sum(up)")) === 2;
    });
    const count = async (selector: string) => (await prometheus.instant(`count by (job) (${selector})`)).length;
    for (const part of ["apiserver_request_total", "scheduler_pending_pods", "kubelet_node_name", "kubeproxy_.+"]) {
      assert.equal(await count(`{__name__=~"${part}"}`), 1, part);
    }
    assert.equal(await prometheus.value('count(apiserver_request_total{job="kubelet"}) or vector(0)'), 0);
    // What is about the program as a whole, and what Prometheus itself says of a scrape.
    const shared = "go|process|rest|workqueue|kubernetes|cardinality|disabled|hidden|registered|scrape";
    const ofParts = `{__name__!~"(${shared})_.+|up", job!=""}`;
    assert.ok((await prometheus.instant(`count by (__name__) (${ofParts})`)).length > 200);
    assert.equal(
      (await prometheus.instant(`count by (__name__) (count by (__name__, job) (${ofParts})) > 1`)).length,
      0,
    );
  } finally {
    await program.stop();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();

function repeated(all: readonly string[]): string[] {
  return all.filter((one, index) => all.indexOf(one) !== index);
}

/** Names of the roles that a ServiceAccount has. */
function rolesOf(account: string, rendered: Rendered): string[] {
  const holder = holdersIn(rendered).find(({ name }) => name === account);
  return holder?.bindings.map(({ roleRef }) => roleRef.name) ?? [];
}
