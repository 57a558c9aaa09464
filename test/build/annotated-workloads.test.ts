import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { annotatedPods } from "../../generators/prometheus/scrape/annotated-pods.js";
import { annotatedServices } from "../../generators/prometheus/scrape/annotated-services.js";
import { settingsFrom } from "../../generators/settings/index.js";
import type { ScrapeJob } from "../../metrics/scrape-job.js";
import { child } from "../../scripts/lib/child.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";

/*
 * promtool relabels as Prometheus does. In the place of the cluster, a file says what discovery finds, in the labels and
 * the spelling of discovery/kubernetes/pod.go and endpointslice.go.
 */

type Labels = Readonly<Record<string, string>>;

const settings = settingsFrom({});
const pods = annotatedPods(settings);
const services = annotatedServices(settings);

async function relabelled(
  job: ScrapeJob,
  found: readonly (Labels & { readonly __address__: string })[],
): Promise<Labels[]> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-"));
  try {
    const { kubernetes_sd_configs, ...config } = job.config;
    assert.ok(kubernetes_sd_configs);
    const groups = found.map(({ __address__, ...labels }) => ({ targets: [__address__], labels }));
    await writeFile(join(folder, "found.json"), JSON.stringify(groups));
    const scrape_configs = [{ ...config, file_sd_configs: [{ files: ["found.json"] }] }];
    await writeFile(join(folder, "prometheus.yml"), stringify({ scrape_configs }));
    const args = ["check", "service-discovery", "--timeout=1s", "prometheus.yml", config.job_name];
    const { code, stdout, output } = await child(await toolchain.tool("promtool"), args, { cwd: folder });
    assert.equal(code, 0, output);
    const results = JSON.parse(stdout) as { labels?: Labels }[];
    const kept = results.flatMap(({ labels }) => (labels && Object.keys(labels).length > 0 ? [labels] : []));
    return kept.sort((one, other) => `${one.__address__}`.localeCompare(`${other.__address__}`));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One container port of a pod, as role `pod` finds it; without a port, the bare address. */
function pod(port: number | undefined, annotations: Labels = {}, changes: Labels = {}) {
  const ip = changes.__meta_kubernetes_pod_ip ?? "10.244.0.7";
  const host = ip.includes(":") ? `[${ip}]` : ip;
  return {
    __address__: port === undefined ? ip : `${host}:${port}`,
    __meta_kubernetes_namespace: "shop",
    __meta_kubernetes_pod_name: "web-0",
    __meta_kubernetes_pod_node_name: "worker-1",
    __meta_kubernetes_pod_phase: "Running",
    __meta_kubernetes_pod_ip: ip,
    ...(port !== undefined && {
      __meta_kubernetes_pod_container_port_number: `${port}`,
      __meta_kubernetes_pod_container_port_protocol: "TCP",
    }),
    ...annotated("pod", annotations),
    ...changes,
  };
}

/** One port of one endpoint of a slice, with the pod behind it. */
function endpoint(port: number, annotations: Labels = {}, changes: Labels = {}) {
  return pod(
    port,
    {},
    {
      __meta_kubernetes_service_name: "web",
      __meta_kubernetes_endpointslice_port: `${port}`,
      __meta_kubernetes_endpointslice_port_protocol: "TCP",
      ...annotated("service", annotations),
      ...changes,
    },
  );
}

function annotated(of: string, annotations: Labels): Labels {
  const entries = Object.entries(annotations);
  return Object.fromEntries(
    entries.map(([word, value]) => [`__meta_kubernetes_${of}_annotation_prometheus_io_${word}`, value]),
  );
}

const scrape = { scrape: "true" };
const urls = (labels: readonly Labels[]) =>
  labels.map(({ __scheme__, __address__, __metrics_path__ }) => `${__scheme__}://${__address__}${__metrics_path__}`);

test("a pod that asks for it is a target at each port that it declares, by labels that tell the targets apart", async () => {
  const found = await relabelled(pods, [pod(8080, scrape), pod(9100, scrape)]);
  assert.deepEqual(urls(found), ["http://10.244.0.7:8080/metrics", "http://10.244.0.7:9100/metrics"]);
  assert.equal(found[0]?.namespace, "shop");
  assert.equal(found[0]?.pod, "web-0");
  assert.equal(found[0]?.node, "worker-1");
  assert.equal(found[0]?.metrics_path, "/metrics");
});

test("an annotation of the port makes one target of several ports, and of none", async () => {
  const annotations = { ...scrape, port: "9102" };
  const several = await relabelled(pods, [pod(8080, annotations), pod(9100, annotations)]);
  assert.equal(new Set(several.map((labels) => JSON.stringify(labels))).size, 1);
  assert.deepEqual(urls(await relabelled(pods, [pod(undefined, annotations)])), ["http://10.244.0.7:9102/metrics"]);
});

test("path and scheme are as annotated, with or without a slash", async () => {
  const https = { ...scrape, scheme: "https", path: "actuator/prometheus" };
  assert.deepEqual(urls(await relabelled(pods, [pod(8443, https)])), ["https://10.244.0.7:8443/actuator/prometheus"]);
});

test("an IPv6 address gets its brackets, with a declared port and with an annotated one", async () => {
  const ipv6 = { __meta_kubernetes_pod_ip: "fd00:10:244::7" };
  assert.deepEqual(urls(await relabelled(pods, [pod(8080, scrape, ipv6)])), ["http://[fd00:10:244::7]:8080/metrics"]);
  assert.deepEqual(urls(await relabelled(pods, [pod(undefined, { ...scrape, port: "9102" }, ipv6)])), [
    "http://[fd00:10:244::7]:9102/metrics",
  ]);
});

for (const [what, found] of [
  ["does not ask", pod(8080)],
  ["says no", pod(8080, { scrape: "false" })],
  ["names no port and declares none", pod(undefined, scrape)],
  ["declares a port of UDP", pod(53, scrape, { __meta_kubernetes_pod_container_port_protocol: "UDP" })],
  ["has ended", pod(8080, scrape, { __meta_kubernetes_pod_phase: "Succeeded" })],
  ["is in kube-system", pod(8080, scrape, { __meta_kubernetes_namespace: "kube-system" })],
  ["is in a namespace that says no", pod(8080, scrape, annotated("namespace", { scrape: "false" }))],
] as const) {
  test(`a pod that ${what} is no target`, async () => {
    assert.deepEqual(await relabelled(pods, [found]), []);
  });
}

test("a Service that asks for it makes a target of each pod behind it", async () => {
  assert.deepEqual(urls(await relabelled(services, [endpoint(8080, scrape)])), ["http://10.244.0.7:8080/metrics"]);
  assert.deepEqual(urls(await relabelled(services, [endpoint(8080, { ...scrape, port: "9102", path: "/m" })])), [
    "http://10.244.0.7:9102/m",
  ]);
});

test("the slices of both families, and two Services, come to one target", async () => {
  const found = await relabelled(services, [
    endpoint(8080, scrape),
    endpoint(8080, scrape, { __address__: "[fd00:10:244::7]:8080" }),
    endpoint(8080, scrape, { __meta_kubernetes_service_name: "web-too" }),
  ]);
  assert.equal(new Set(found.map((labels) => JSON.stringify(labels))).size, 1);
});

test("what a pod says itself counts before its Service", async () => {
  assert.deepEqual(await relabelled(services, [endpoint(8080, scrape, annotated("pod", scrape))]), []);
  assert.deepEqual(await relabelled(services, [endpoint(8080, scrape, annotated("pod", { scrape: "false" }))]), []);
});

test("a port of the pod that the Service does not lead to is no target", async () => {
  const other = { __meta_kubernetes_service_name: "web", ...annotated("service", scrape) };
  assert.deepEqual(await relabelled(services, [pod(9999, {}, other)]), []);
});

test("namespaces of the settings are the only ones, or are left out", async () => {
  const only = annotatedPods(settingsFrom({ annotatedWorkloads: { namespaces: ["shop"], excludedNamespaces: [] } }));
  assert.deepEqual(only.config.kubernetes_sd_configs?.[0]?.namespaces, { names: ["shop"] });
  const without = annotatedPods(settingsFrom({ annotatedWorkloads: { excludedNamespaces: ["shop", "kube-system"] } }));
  assert.deepEqual(await relabelled(without, [pod(8080, scrape)]), []);
});

test.run();
