import assert from "node:assert/strict";
import { test } from "uvu";
import { stringify } from "yaml";
import { stack } from "../../../../generators/index.js";
import { defaults } from "../../../../generators/settings/index.js";
import { bundleOf } from "../../../../scripts/lib/bundle/index.js";
import { Failure } from "../../../../scripts/lib/failure.js";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";
import { expectationOf } from "../../../../scripts/lib/verify/expectation.js";

/** The stack as Kustomize renders it: its objects, and its files as ConfigMaps. */
const rendered: readonly RenderedObject[] = stack(defaults).flatMap(({ objects, configMaps = [] }) => [
  ...objects.map((object) => object.toJSON() as RenderedObject),
  ...configMaps.map(({ name, namespace, files }) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    data: Object.fromEntries(files.map((file) => [file.name, stringify(file.content)])),
  })),
]);

function bundle(objects: readonly RenderedObject[] = rendered) {
  return bundleOf({ overlay: "overlays/devbox", objects });
}

test("Prometheus is what mounts the scrape jobs", () => {
  const { object, namespace, serviceAccount, port } = bundle().prometheus;
  assert.deepEqual(
    { object, namespace, serviceAccount, port },
    {
      object: "Deployment monitoring-system/prometheus",
      namespace: "monitoring-system",
      serviceAccount: "prometheus",
      port: 9090,
    },
  );
});

test("Prometheus is asked at the port that its container names", () => {
  const moved = JSON.parse(JSON.stringify(rendered).replaceAll('"containerPort":9090', '"containerPort":9091'));
  assert.equal(bundle(moved).prometheus.port, 9091);
});

test("jobs are those of every file that Prometheus mounts, and of no other", () => {
  const names = bundle().jobs.map(({ job_name }) => job_name);
  assert.ok(names.includes("kubelet") && names.includes("node-exporter"), names.join());
  const foreign = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "other", namespace: "monitoring-system" },
    data: { "other.yml": "scrape_configs: [{ job_name: other }]" },
  };
  assert.deepEqual(
    bundle([...rendered, foreign]).jobs.map(({ job_name }) => job_name),
    names,
  );
});

test("workloads are all that must run", () => {
  assert.deepEqual(
    bundle()
      .workloads.map(({ object }) => object)
      .sort(),
    [
      "DaemonSet monitoring-system/node-exporter",
      "Deployment monitoring-system/kube-state-metrics",
      "Deployment monitoring-system/prometheus",
      "StatefulSet monitoring-system/alertmanager",
    ],
  );
});

test("roles are those that are bound to Prometheus' own ServiceAccount", () => {
  const roles = bundle().roles;
  assert.deepEqual(
    roles.map(({ kind, name, namespace }) => [kind, name, namespace]),
    [
      ["ClusterRole", "plain-prometheus:prometheus", undefined],
      ["Role", "prometheus", "monitoring-system"],
    ],
  );
  assert.ok(roles.every(({ rules }) => rules.length > 0));
});

test("Prometheus is found where its ConfigMaps have names of the overlay's own", () => {
  const text = JSON.stringify(rendered).replaceAll('"prometheus-scrape"', '"team-a-prometheus-scrape-x"');
  assert.deepEqual(bundle(JSON.parse(text)).jobs, bundle().jobs);
});

test("a job's targets are behind the Service that the overlay renamed", () => {
  const text = JSON.stringify(rendered).replaceAll(
    '"name":"kube-state-metrics","namespace"',
    '"name":"ksm-x","namespace"',
  );
  const { jobs, services } = bundle(JSON.parse(text));
  const job = jobs.find(({ job_name }) => job_name === "kube-state-metrics-telemetry");
  assert.ok(job);
  const expects = { every: "endpoint", of: "ksm-x", port: "telemetry", in: "own namespace" };
  assert.deepEqual(expectationOf(job, [], services), expects);
  assert.deepEqual(expectationOf(job, [], bundle().services), { ...expects, of: "kube-state-metrics" });
});

test("an overlay without Prometheus is named", () => {
  const without = rendered.filter(({ kind }) => kind !== "Deployment");
  assert.throws(
    () => bundle(without),
    (error) => error instanceof Failure && error.message.startsWith("overlays/devbox runs no Prometheus"),
  );
});

test("a file that is not YAML is named", () => {
  const broken = rendered.map((object) =>
    object.kind === "ConfigMap" ? { ...object, data: { "own.yml": "scrape_configs: [" } } : object,
  );
  assert.throws(
    () => bundle(broken),
    /^Failure: overlays\/devbox: own\.yml of ConfigMap prometheus-config is not YAML/,
  );
});

test.run();
