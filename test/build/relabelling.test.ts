import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import type { IDaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import type { IEndpointSlice } from "kubernetes-models/discovery.k8s.io/v1/EndpointSlice";
import type { INode } from "kubernetes-models/v1/Node";
import type { IPod } from "kubernetes-models/v1/Pod";
import { test } from "uvu";
import { stringify } from "yaml";
import { nodeExporter } from "../../generators/node-exporter/index.js";
import { allJobs } from "../../generators/prometheus/scrape/applications.js";
import { defaults } from "../../generators/settings/index.js";
import type { Expectation, StaticConfig } from "../../metrics/scrape-job.js";
import { scraped } from "../../scripts/lib/address.js";
import { temporaryFolder } from "../../scripts/lib/poc/folder.js";
import { type Program, start } from "../../scripts/lib/poc/program.js";
import { type ActiveTarget, prometheusAt } from "../../scripts/lib/prometheus.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { expectedTargets, servicesOf } from "../../scripts/lib/verify/expected.js";
import type { ExpectedTarget } from "../../scripts/lib/verify/target.js";
import { eventually } from "../cluster/lib/eventually.js";
import { freePort } from "../lib/ports.js";

/*
 * What discovery would find in a cluster that the embedded one cannot be: nodes of IPv4, of IPv6 and of both, workers and
 * Windows. The real Prometheus relabels it, and verify says what should have come of it.
 */

const controlPlane = "node-role.kubernetes.io/control-plane";

const linux = { "kubernetes.io/os": "linux" };

interface Machine {
  readonly name: string;
  /** The first is what discovery takes. */
  readonly hosts: readonly [string, ...string[]];
  readonly labels: Readonly<Record<string, string>>;
}

const machines: readonly Machine[] = [
  { name: "first", hosts: ["10.0.0.1"], labels: { ...linux, [controlPlane]: "" } },
  { name: "second", hosts: ["fd00::2"], labels: { ...linux, [controlPlane]: "true" } },
  { name: "worker", hosts: ["10.0.0.3", "fd00::3"], labels: linux },
  { name: "fargate", hosts: ["10.0.0.5"], labels: { ...linux, "eks.amazonaws.com/compute-type": "fargate" } },
  { name: "ec2", hosts: ["10.0.0.6"], labels: { ...linux, "eks.amazonaws.com/compute-type": "ec2", type: "gpu" } },
  { name: "virtual-kubelet", hosts: ["10.0.0.7"], labels: { ...linux, type: "virtual-kubelet" } },
  { name: "windows", hosts: ["10.0.0.4"], labels: { "kubernetes.io/os": "windows" } },
];

const dns: readonly { name: string; hosts: readonly string[]; phase: "Running" | "Failed" }[] = [
  { name: "coredns-a", hosts: ["10.1.0.1", "fd01::1"], phase: "Running" },
  { name: "coredns-b", hosts: ["fd01::2"], phase: "Running" },
  { name: "coredns-evicted", hosts: ["10.1.0.9"], phase: "Failed" },
];

const nodes = machines.map(
  ({ name, hosts, labels }): INode => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels },
    status: {
      addresses: hosts.map((address) => ({ type: "InternalIP", address })),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      conditions: [{ type: "Ready", status: "True" }],
    },
  }),
);
const pods = dns.map(
  ({ name, hosts, phase }): IPod => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "kube-system" },
    status: { phase, podIPs: hosts.map((ip) => ({ ip })), conditions: [{ type: "Ready", status: "True" }] },
  }),
);

/** Pods behind each Service of the stack, which has every family that they have. */
const behind: readonly { name: string; hosts: readonly [string, ...string[]] }[] = [
  { name: "first", hosts: ["10.1.0.11", "fd01::11"] },
  { name: "second", hosts: ["fd01::12", "10.1.0.12"] },
  { name: "third", hosts: ["fd01::13"] },
];
const portNumbers = { http: 9090, telemetry: 8081 } as const;
const slices = (["IPv4", "IPv6"] as const).map(
  (addressType): IEndpointSlice => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    addressType,
    endpoints: behind.flatMap(({ name, hosts }) =>
      hosts
        .filter((host) => isIPv6(host) === (addressType === "IPv6"))
        .map((host) => ({ addresses: [host], targetRef: { kind: "Pod", name } })),
    ),
    ports: Object.entries(portNumbers).map(([name, port]) => ({ name, port })),
  }),
);

const jobs = allJobs(defaults).filter(
  ({ expects }) =>
    expects.every === "node" ||
    expects.every === "pod" ||
    (expects.every === "endpoint" && expects.in === "own namespace"),
);
const inventory = {
  nodes,
  slices: new Map(jobs.flatMap(({ expects }) => servicesOf(expects, "monitoring")).map((name) => [name, slices])),
  pods: new Map([["kube-system/k8s-app=kube-dns", pods]]),
};

const address = (host: string, port: number) => `${host.includes(":") ? `[${host}]` : host}:${port}`;
const metaName = (label: string) => label.replace(/[^A-Za-z0-9_]/g, "_");

/** What discovery finds, in the words of Prometheus' documentation of kubernetes_sd_config. */
function found(expects: Expectation): readonly StaticConfig[] {
  return expects.every === "endpoint" ? foundBehind(expects.of) : (foundByRole[expects.every] ?? []);
}

function foundBehind(service: string): readonly StaticConfig[] {
  return Object.entries(portNumbers).flatMap(([name, port]) =>
    behind.flatMap(({ name: pod, hosts }) =>
      hosts.map((host) => ({
        targets: [address(host, port)],
        labels: {
          __meta_kubernetes_service_name: service,
          __meta_kubernetes_service_label_app_kubernetes_io_name: service,
          __meta_kubernetes_endpointslice_port_name: name,
          __meta_kubernetes_endpointslice_port: `${port}`,
          __meta_kubernetes_pod_name: pod,
          // Whichever slice it was found in.
          __meta_kubernetes_pod_ip: hosts[0],
        },
      })),
    ),
  );
}

const foundByRole: Readonly<Record<string, readonly StaticConfig[]>> = {
  node: machines.map(({ name, hosts, labels }) => ({
    targets: [address(hosts[0], 10250)],
    labels: {
      __meta_kubernetes_node_name: name,
      __meta_kubernetes_node_address_InternalIP: hosts[0],
      ...Object.fromEntries(
        Object.entries(labels).flatMap(([label, value]) => [
          [`__meta_kubernetes_node_label_${metaName(label)}`, value],
          [`__meta_kubernetes_node_labelpresent_${metaName(label)}`, "true"],
        ]),
      ),
    },
  })),
  pod: dns.flatMap(({ name, hosts: [host = ""], phase }) =>
    [53, 9153].map((port) => ({
      targets: [address(host, port)],
      labels: {
        __meta_kubernetes_pod_name: name,
        __meta_kubernetes_pod_phase: phase,
        __meta_kubernetes_pod_container_port_number: `${port}`,
      },
    })),
  ),
};

/** Of a pod in a slice of either family it is the pod that says which one is its first. */
function firstAddress({ owner, addresses }: ExpectedTarget): string | undefined {
  const pod = behind.find(({ name }) => owner === `pod ${name}`);
  return pod === undefined ? addresses[0] : addresses.find((one) => one.includes(pod.hosts[0]));
}

let folder: string;
let prometheus: Program;
let active: readonly ActiveTarget[] = [];

test.before(async () => {
  folder = await temporaryFolder();
  const scrape_configs = jobs.map(({ config, expects }) => {
    const { authorization, tls_config, kubernetes_sd_configs, ...rest } = config;
    // These addresses are made up: whatever is scraped meanwhile goes to a proxy that is not there.
    return { ...rest, proxy_url: "http://127.0.0.1:1", static_configs: found(expects) };
  });
  const global = { scrape_interval: "1h", scrape_timeout: "1s" };
  await writeFile(join(folder, "prometheus.yml"), stringify({ global, scrape_configs }));
  const port = await freePort();
  const args = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", `--web.listen-address=127.0.0.1:${port}`];
  const failures: Error[] = [];
  prometheus = start("Prometheus", await toolchain.tool("prometheus"), args, folder, (one) => failures.push(one));
  await eventually("every job to have targets", async () => {
    if (failures[0] !== undefined) throw failures[0];
    active = await prometheusAt(`http://127.0.0.1:${port}`).targets();
    return jobs.every(({ config }) => active.some(({ scrapePool }) => scrapePool === config.job_name));
  });
});

test.after(async () => {
  await prometheus?.stop();
  await rm(folder, { recursive: true, force: true });
});

for (const { config, expects } of jobs) {
  test(`${config.job_name}: one target for each thing that it must find, in either address family`, () => {
    const path = config.metrics_path ?? "/metrics";
    const expected = expectedTargets(expects, path, "monitoring", inventory);
    assert.ok(expected.length > 1);
    assert.ok(!expected.some(({ owner }) => /fargate|virtual/.test(owner)));
    const own = active
      .filter(({ scrapePool }) => scrapePool === config.job_name)
      .map(({ scrapeUrl }) => scraped(scrapeUrl));
    assert.deepEqual(
      own.map(({ address, path }) => address + path).sort(),
      expected.map((target) => firstAddress(target) + path).sort(),
    );
  });
}

test("node-exporter runs on the machines at which its job expects it", () => {
  const set = nodeExporter(defaults)
    .objects.find(({ kind }) => kind === "DaemonSet")
    ?.toJSON() as IDaemonSet;
  const { affinity, nodeSelector = {} } = set.spec?.template.spec ?? {};
  const [term] = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const runsAt = ({ labels }: Machine) =>
    Object.entries(nodeSelector).every(([key, value]) => labels[key] === value) &&
    (term?.matchExpressions ?? []).every(
      ({ key, operator, values }) => operator === "NotIn" && !values?.includes(labels[key] ?? ""),
    );
  const { config, expects } = jobs.find(({ config }) => config.job_name === "node-exporter") ?? assert.fail();
  const expected = expectedTargets(expects, config.metrics_path ?? "/metrics", "monitoring", inventory);
  assert.deepEqual(
    machines.filter(runsAt).map(({ name }) => `node ${name}`),
    expected.map(({ owner }) => owner),
  );
});

test.run();
