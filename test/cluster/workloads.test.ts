import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { type Proof, proveRbac } from "../../proof/lib/rbac/index.js";
import { apply } from "../../scripts/lib/apply.js";
import type { Kubectl } from "../../scripts/lib/kubectl.js";
import { root } from "../../scripts/lib/project.js";
import type { ActiveTarget } from "../../scripts/lib/prometheus.js";
import { render } from "../../scripts/lib/render.js";
import type { Rendered } from "../../scripts/lib/rendered/objects.js";
import { table, verify } from "../../scripts/lib/verify/index.js";
import { devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { certificate, exporter, service } from "./lib/exporter.js";
import { backToDevbox } from "./lib/overlay.js";
import { query, targets } from "./lib/prometheus.js";
import { objectionsTo } from "./lib/proof.js";

const namespace = "workloads-test";
const monitoring = "monitoring-system";
const asked = { "prometheus.io/scrape": "true" };
const expired = `expired.${namespace}.svc:80`;
const valid = `valid.${namespace}.svc:80`;
const closed = `closed.${namespace}.svc:80`;

/** What a user's own overlay adds beside the Components: probes, in a file of their own. */
const probes = [
  { targets: [`http://plain.${namespace}.svc/metrics`, `https://expired.${namespace}.svc:80`] },
  { targets: [valid, expired], labels: { module: "tls_cluster_ca" } },
  { targets: [valid, expired], labels: { module: "tls_expiry" } },
  { targets: [closed], labels: { module: "tcp_connect" } },
];

let kubectl: Kubectl;
let overlay: string;
let rendered: Rendered;
let before: readonly string[];
let proving: Promise<readonly Proof[]>;
let isTakenBack = false;

test.before(async () => {
  kubectl = (await devbox()).kubectl;
  before = await names();
  overlay = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  const fromRoot = (path: string) => relative(overlay, join(root, path));
  const kustomization = {
    resources: [fromRoot("overlays/devbox")],
    components: ["annotated-workloads", "blackbox-exporter"].map((name) => fromRoot(`base/components/${name}`)),
    configMapGenerator: [
      { name: "prometheus-scrape", namespace: monitoring, behavior: "merge", files: ["probes-shop.yaml"] },
    ],
  };
  await writeFile(join(overlay, "kustomization.yaml"), stringify(kustomization));
  await writeFile(join(overlay, "probes-shop.yaml"), stringify(probes));
  rendered = await render(overlay);
  await kubectl.text(["delete", "namespace", namespace, "--ignore-not-found"]);
  await create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await create(
    ...exporter({ name: "plain", namespace, samples: 3 }),
    service("plain", namespace, "plain"),
    service("closed", namespace, "plain", 9),
    ...exporter({ name: "valid", namespace, samples: 3, certificate: await certificate(`valid.${namespace}.svc`, 90) }),
    service("valid", namespace, "valid"),
    ...exporter({
      name: "expired",
      namespace,
      samples: 3,
      certificate: await certificate(`expired.${namespace}.svc`, -1),
    }),
    service("expired", namespace, "expired"),
  );
  await apply(rendered, kubectl);
  await eventually("Prometheus to have the jobs of both Components", async () => {
    const pools = await query(kubectl, 'prometheus_target_scrape_pool_targets{scrape_job=~"annotated-pods|probes"}');
    return pools.length === 2;
  });
});

test.after(async () => {
  await kubectl?.text(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]);
  if (!isTakenBack && rendered !== undefined) await backToDevbox(kubectl, rendered.objects);
  if (overlay) await rm(overlay, { recursive: true });
});

/** What there is beside pods and what they make, in the namespace of the stack and in none. */
async function names(): Promise<readonly string[]> {
  const within = "networkpolicies,configmaps,deployments,statefulsets,services,serviceaccounts,roles,rolebindings";
  const [inside, outside] = await Promise.all([
    kubectl.text(["get", within, "--namespace", monitoring, "--output=name"]),
    kubectl.text(["get", "clusterroles,clusterrolebindings", "--output=name"]),
  ]);
  return `${inside}${outside}`.trim().split("\n").sort();
}

async function create(...objects: object[]): Promise<void> {
  await kubectl.text(["create", "-f", "-"], { input: objects.map((object) => JSON.stringify(object)).join("\n") });
}

async function ofJob(job: string): Promise<ActiveTarget[]> {
  return (await targets(kubectl)).filter(({ labels }) => labels.job === job);
}

async function value(expression: string): Promise<number> {
  return Number((await query(kubectl, expression))[0]?.value[1] ?? Number.NaN);
}

test("an annotated pod is found within 30 s of having an address", async () => {
  await create(
    ...exporter({
      name: "modest",
      namespace,
      samples: 3,
      annotations: { ...asked, "prometheus.io/port": "9100", "prometheus.io/path": "metrics" },
    }),
  );
  await eventually("the pod to have an address", async () => {
    const address = await kubectl.text(["-n", namespace, "get", "pod", "modest", "-o", "jsonpath={.status.podIP}"]);
    return address !== "";
  });
  const began = Date.now();
  await eventually("its target", async () => (await ofJob("annotated-pods")).length > 0, 60_000);
  const seconds = (Date.now() - began) / 1000;
  console.log(`an annotated pod was found ${seconds.toFixed(1)} s after it got its address`);
  assert.ok(seconds <= 30, `found after ${seconds} s`);
});

test("a pod with two ports, which two annotated Services lead to as well, is one target", async () => {
  await create(
    service("modest", namespace, "modest", 9100, asked),
    service("modest-too", namespace, "modest", 9100, asked),
    service("behind", namespace, "plain", 9100, { ...asked, "prometheus.io/path": "/metrics" }),
    service("behind-too", namespace, "plain", 9100, asked),
  );
  await eventually("the pod behind the Services to be up", async () => {
    return (await ofJob("annotated-services")).some(({ health }) => health === "up");
  });
  const [pods, services] = [await ofJob("annotated-pods"), await ofJob("annotated-services")];
  assert.deepEqual(
    pods.map(({ labels }) => labels.pod),
    ["modest"],
  );
  assert.deepEqual(
    services.map(({ labels }) => labels.pod),
    ["plain"],
  );
  assert.equal(pods[0]?.labels.namespace, namespace);
  assert.equal(pods[0]?.labels.metrics_path, "/metrics");
});

test("a flood is cut by the limit, and the others go on", async () => {
  await create(
    ...exporter({ name: "flood", namespace, samples: 6000, annotations: { ...asked, "prometheus.io/port": "9100" } }),
  );
  const flood = async () => (await ofJob("annotated-pods")).find(({ labels }) => labels.pod === "flood");
  await eventually("the flood to be refused", async () => /sample limit/.test((await flood())?.lastError ?? ""));
  assert.equal((await flood())?.health, "down");
  assert.ok(Number.isNaN(await value('count(workload_items{pod="flood"})')), "samples of the flood are stored");
  await eventually("the others' samples", async () => (await value('count(workload_items{pod="modest"})')) === 3);
  assert.equal(await value('min_over_time(up{pod="modest"}[1m])'), 1);
  await kubectl.text(["-n", namespace, "delete", "pod", "flood"]);
});

test("npm run verify knows every annotated target and every probe", async () => {
  const report = await verify({ overlay, kubectl, waitMilliseconds: 120_000 });
  console.log(table(report));
  assert.ok(report.ok, table(report));
  const expected = Object.fromEntries(
    report.replicas.flatMap(({ jobs }) => jobs).map((job) => [job.job, [job.expected, job.up]]),
  );
  assert.deepEqual(expected["annotated-pods"], [1, 1]);
  assert.deepEqual(expected["annotated-services"], [1, 1]);
  assert.deepEqual(expected["blackbox-exporter"], [1, 1]);
  assert.deepEqual(expected.probes, [9, 9]);
  // Copies of Prometheus come to rest while the probes are looked at.
  proving = proveRbac(rendered, kubectl, { roles: ["plain-prometheus:prometheus-annotated-workloads"] });
  // Whoever waits for it below is told.
  proving.catch(() => undefined);
});

for (const [instance, module, success] of [
  ["kubernetes.default.svc:443", "tls_cluster_ca", 1],
  ["kube-dns.kube-system.svc:53", "dns_cluster", 1],
  [`http://plain.${namespace}.svc/metrics`, "http_2xx", 1],
  [valid, "tls_cluster_ca", 1],
  [valid, "tls_expiry", 1],
  [expired, "tls_expiry", 1],
  [expired, "tls_cluster_ca", 0],
  [`https://expired.${namespace}.svc:80`, "http_2xx", 0],
  [closed, "tcp_connect", 0],
] as const) {
  test(`the probe ${module} of ${instance} ${success === 1 ? "succeeds" : "fails"}`, async () => {
    const matchers = `job="probes", instance="${instance}", module="${module}"`;
    await eventually(
      `probe_success{${matchers}} to be ${success}`,
      async () => (await value(`probe_success{${matchers}}`)) === success,
      90_000,
    );
  });
}

test("a certificate that has ended is told of, and one that has not is not", async () => {
  const alert = (instance: string) =>
    `ALERTS{alertname="ProbeCertificateExpired", instance="${instance}", alertstate="firing"}`;
  await eventually("the alert", async () => (await query(kubectl, alert(expired))).length === 1);
  assert.deepEqual(await query(kubectl, alert(valid)), []);
  const days = await value(
    `(probe_ssl_earliest_cert_expiry{instance="${valid}", module="tls_expiry"} - time()) / 86400`,
  );
  assert.ok(days > 89 && days <= 90, `valid for ${days} days`);
});

test("without each permission that annotations take is lost what the derivation says, and nothing else", async () => {
  const proofs = await proving;
  assert.deepEqual(objectionsTo(proofs, rendered), []);
  const both = ["annotated-pods", "annotated-services"];
  assert.deepEqual(
    Object.fromEntries(proofs.map(({ removal, loss }) => [removal.permission.resources?.[0], loss?.jobs.toSorted()])),
    { pods: both, namespaces: both, services: both.slice(1), endpointslices: both.slice(1) },
  );
});

test("a namespace that says so itself is left out", async () => {
  await kubectl.text(["annotate", "namespace", namespace, "prometheus.io/scrape=false"]);
  await eventually("its targets to be gone", async () => {
    return (await ofJob("annotated-pods")).length + (await ofJob("annotated-services")).length === 0;
  });
});

test("the probes are made by the version that the image's tag says", async () => {
  const [build] = await query(kubectl, 'blackbox_exporter_build_info{job="blackbox-exporter"}');
  assert.equal(build?.metric.version, "0.28.0");
});

test("without the Components nothing of them is left", async () => {
  await backToDevbox(kubectl, rendered.objects);
  isTakenBack = true;
  assert.deepEqual(await names(), before);
});

test.run();
