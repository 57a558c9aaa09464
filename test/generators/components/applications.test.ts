import assert from "node:assert/strict";
import type { IClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import { test } from "uvu";
import { blackboxExporter as prober } from "../../../generators/blackbox-exporter/index.js";
import { annotatedWorkloads } from "../../../generators/components/annotated-workloads.js";
import { blackboxExporter } from "../../../generators/components/blackbox-exporter.js";
import { jobComponents } from "../../../generators/components/job.js";
import { stack } from "../../../generators/index.js";
import type { Component } from "../../../generators/lib/base-and-component.js";
import { defaults, type Settings, settingsFrom } from "../../../generators/settings/index.js";

const components = stack(defaults);
const featuresOf = (settings: Settings) => jobComponents(settings, [...components, prober(settings)]);

function objectsOf<T>({ objects = [] }: Component, kind: string): T[] {
  return objects.filter((object) => object.kind === kind).map((object) => object.toJSON() as T);
}

const files = ({ adds = [] }: Component) => adds.flatMap((map) => map.files.map(({ name }) => name));

test("annotated-workloads brings its jobs, and a ClusterRole that lists and watches and gets nothing", () => {
  const feature = annotatedWorkloads(defaults, featuresOf(defaults));
  assert.deepEqual(files(feature), ["annotated-pods.yml", "annotated-services.yml"]);
  const [role] = objectsOf<IClusterRole>(feature, "ClusterRole");
  assert.deepEqual([...new Set(role?.rules?.flatMap(({ verbs }) => verbs))], ["list", "watch"]);
  assert.deepEqual(role?.rules?.flatMap(({ resources = [] }) => resources).sort(), [
    "endpointslices",
    "namespaces",
    "pods",
    "services",
  ]);
});

test("blackbox-exporter brings its jobs, rules, dashboard and probes, and needs no permission", () => {
  const feature = blackboxExporter(defaults, components, featuresOf(defaults));
  assert.deepEqual(files(feature), [
    "blackbox-exporter.yml",
    "probes.yml",
    "probes.yaml",
    "blackbox-exporter.yml",
    "probes.yml",
  ]);
  assert.deepEqual(
    feature.configMaps?.map(({ name }) => name),
    ["blackbox-exporter-config", "grafana-dashboard-probes"],
  );
  assert.deepEqual(objectsOf(feature, "ClusterRole"), []);
});

test("probes are those of the settings, and a module that there is not is named", () => {
  const settings = settingsFrom({ blackboxExporter: { probes: [{ module: "tls", targets: ["db:5432"] }] } });
  const list = blackboxExporter(settings, components, featuresOf(settings)).adds?.[0]?.files.find(
    ({ name }) => name === "probes.yaml",
  );
  assert.deepEqual(list?.content, [{ targets: ["db:5432"], labels: { module: "tls" } }]);
  assert.throws(
    () => settingsFrom({ blackboxExporter: { probes: [{ module: "icmp", targets: ["db"] }] } }),
    /probes\.0\.module.*http_2xx/,
  );
  assert.throws(
    () => settingsFrom({ blackboxExporter: { probes: [{ module: "tls", targets: [] }] } }),
    /at least one address/,
  );
});

test.run();
