import assert from "node:assert/strict";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { test } from "uvu";
import { parse } from "yaml";
import { jobComponents } from "../../../generators/components/job.js";
import { scrapedParts, thanos, thanosNetworkPolicies } from "../../../generators/components/thanos.js";
import { grafana } from "../../../generators/grafana/index.js";
import { stack } from "../../../generators/index.js";
import { textOf } from "../../../generators/lib/base-and-component.js";
import { defaults, settingsFrom } from "../../../generators/settings/index.js";
import { endpoints } from "../../../generators/thanos/config.js";
import { type Workload, workloadsOf } from "../../../scripts/lib/rendered/workloads.js";

const component = thanos(defaults, jobComponents(defaults, [...stack(defaults), ...scrapedParts(defaults)]));
const objects = (component.objects ?? []).map((object) => JSON.parse(JSON.stringify(object)));
const workloads: readonly Workload[] = workloadsOf({ objects });
const named = (name: string) => workloads.find(({ object }) => object.endsWith(`/${name}`)) ?? assert.fail(name);

const clusters = settingsFrom({
  thanos: { clusters: ["thanos.berlin.example.com:443"], insecureClusters: ["10.1.0.9:10901", "[fd00::9]:10901"] },
});

test("there is one Compactor, and two of every other part with a budget for disruptions", () => {
  assert.equal(named("thanos-compact").replicas, 1);
  const replicated = ["thanos-query", "thanos-query-frontend", "thanos-store"];
  for (const name of replicated) assert.equal(named(name).replicas, 2);
  const budgets = objects.filter(({ kind }) => kind === "PodDisruptionBudget").map(({ metadata }) => metadata.name);
  assert.deepEqual(budgets.sort(), replicated.sort());
});

test("each container is probed, and has a limit of memory", () => {
  const containers = workloads.flatMap((workload) => workload.containers);
  assert.equal(containers.length, 4);
  for (const { name, readinessProbe, livenessProbe, resources } of containers) {
    assert.ok(readinessProbe && livenessProbe && resources?.limits?.memory, name);
  }
});

test("Prometheus leaves its blocks as it cut them", () => {
  const patch = component.patches?.find(({ target }) => target?.name === "prometheus");
  const text = JSON.stringify(patch);
  for (const which of ["min", "max"])
    assert.ok(text.includes(`--storage.tsdb.${which}-block-duration=$(BLOCK_DURATION)`));
});

test("other clusters are asked by TLS unless they are among the insecure ones, and each is missed while it is away", () => {
  assert.deepEqual(parse(textOf(endpoints(clusters))).endpoints.slice(2), [
    { address: "thanos.berlin.example.com:443", strict: true, client_config: { tls_config: { enabled: true } } },
    { address: "10.1.0.9:10901", strict: true },
    { address: "[fd00::9]:10901", strict: true },
  ]);
});

test("policies let the Querier out at the ports of other clusters, and to nobody outside without any", () => {
  const outside = (settings: typeof defaults) => {
    const { objects: policies = [] } = thanosNetworkPolicies(settings, [...stack(settings), grafana(settings)]);
    const all = policies.map((object): INetworkPolicy => JSON.parse(JSON.stringify(object)));
    const [policy] = all.filter(({ metadata }) => metadata?.name === "thanos-query");
    return (policy?.spec?.egress ?? [])
      .filter(({ to }) => to?.some(({ ipBlock }) => ipBlock?.cidr === "0.0.0.0/0"))
      .flatMap(({ ports = [] }) => ports.map(({ port }) => port));
  };
  assert.deepEqual(outside(defaults), []);
  assert.deepEqual(outside(clusters), [443, 10901]);
});

for (const wrong of ["https://thanos.example.com", "thanos.example.com", "a:70000", "a b:1"]) {
  test(`${wrong} is no address of a cluster`, () => {
    assert.throws(
      () => settingsFrom({ thanos: { clusters: [wrong] } }),
      /thanos\.clusters.*must (be host and|have a) port/s,
    );
  });
}

test.run();
