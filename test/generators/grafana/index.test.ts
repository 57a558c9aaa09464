import assert from "node:assert/strict";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { test } from "uvu";
import { grafana, grafanaAnonymousViewer, grafanaNetworkPolicies } from "../../../generators/components/grafana.js";
import { networkPolicies } from "../../../generators/components/network-policies.js";
import { edges } from "../../../generators/derive/edges.js";
import { askedVariable, dataSources, ini, providers } from "../../../generators/grafana/config.js";
import { grafana as base } from "../../../generators/grafana/index.js";
import { stack } from "../../../generators/index.js";
import type { Component } from "../../../generators/lib/base-and-component.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../generators/settings/index.js";
import { faults } from "../../lib/policy-matrix.js";

const feature = grafana(defaults);
const [deployment] = (feature.objects ?? []).flatMap((object) =>
  object.kind === "Deployment" ? [object.toJSON() as IDeployment] : [],
);
const pod = deployment?.spec?.template.spec ?? assert.fail("no pod");
const [container] = pod.containers;
const mountPaths = new Map(container?.volumeMounts?.map(({ name, mountPath }) => [name, mountPath]));

test("each dashboard is a ConfigMap, mounted where its folder's provider looks", () => {
  const folders = (providers().content as { providers: { options: { path: string } }[] }).providers.map(
    ({ options }) => options.path,
  );
  const maps = (feature.configMaps ?? []).filter(({ name }) => name.startsWith("grafana-dashboard-"));
  assert.ok(maps.length >= 9);
  for (const { name, folder } of maps) {
    const volume = pod.volumes?.find(({ projected }) =>
      projected?.sources?.some(({ configMap }) => configMap?.name === name),
    );
    const path = mountPaths.get(volume?.name ?? "") ?? assert.fail(`${name} is not mounted`);
    assert.ok(folders.includes(path), `${path} is of no provider`);
    assert.ok(path.endsWith(folder), `${name} is in ${folder} and mounted at ${path}`);
  }
});

test("the home page is a dashboard that is there", () => {
  const content = ini().content as { dashboards: { default_home_dashboard_path: string } };
  const home = content.dashboards.default_home_dashboard_path;
  const files = (feature.configMaps ?? []).flatMap(({ folder, files }) =>
    files.map(({ name }) => `/etc/grafana/${folder}/${name}`),
  );
  assert.ok(files.includes(home), home);
});

test("the data source is Prometheus by its short name, as the dashboards' first choice", () => {
  const [source] = (dataSources(defaults).content as { datasources: { uid: string; url: string }[] }).datasources;
  assert.equal(source?.url, `$${askedVariable}`);
  assert.equal(container?.env?.find(({ name }) => name === askedVariable)?.value, "http://prometheus:9090");
  assert.equal(source?.uid, "prometheus");
});

test("the data source reads its address and its login from variables that the pod has", () => {
  const text = JSON.stringify(dataSources(defaults).content);
  const read = [...text.matchAll(/"\$(\w+)"/g)].map(([, name]) => name);
  assert.equal(read.length, 3);
  for (const name of read)
    assert.ok(
      container?.env?.some((variable) => variable.name === name),
      name,
    );
});

test("Grafana asks nothing of the internet", () => {
  assert.deepEqual(ini().content, {
    ...(ini().content as object),
    analytics: {
      reporting_enabled: false,
      check_for_updates: false,
      check_for_plugin_updates: false,
      feedback_links_enabled: false,
    },
    news: { news_feed_enabled: false },
    plugins: { preinstall_disabled: true, plugin_admin_enabled: false, public_key_retrieval_disabled: true },
    security: { disable_gravatar: true },
    snapshots: { external_enabled: false },
  });
});

test("nobody gets in without a password that is in a Secret", () => {
  const secrets = container?.env?.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
  assert.deepEqual(
    secrets?.map(({ name, optional }) => (optional === true ? `${name}, if it is there` : name)),
    ["grafana-admin", "grafana-admin", "prometheus-web, if it is there", "prometheus-web, if it is there"],
  );
  assert.deepEqual((ini().content as Record<string, unknown>)["auth.anonymous"], { enabled: false });
});

test("without a login, everybody is a Viewer, there is no admin, and no Secret is needed", () => {
  const viewer = grafanaAnonymousViewer(defaults);
  assert.deepEqual(viewer.includes, ["grafana"]);
  const text = JSON.stringify(viewer.patches);
  assert.match(text, /"GF_AUTH_ANONYMOUS_ORG_ROLE","value":"Viewer"/);
  assert.match(text, /"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION","value":"true"/);
  assert.ok(!/"Admin"|"Editor"/.test(text), text);
  for (const { name, valueFrom } of container?.env ?? []) {
    if (valueFrom?.secretKeyRef?.name === "grafana-admin")
      assert.match(text, new RegExp(`"name":"${name}","\\$patch":"delete"`));
  }
});

test("Grafana writes nowhere but where it may", () => {
  assert.equal(container?.securityContext?.readOnlyRootFilesystem, true);
  const writable = pod.volumes?.flatMap(({ name, emptyDir }) => (emptyDir ? [mountPaths.get(name)] : []));
  assert.deepEqual(writable, ["/var/lib/grafana", "/tmp"]);
  assert.equal(pod.automountServiceAccountToken, false);
});

const objects = (from: Component) => (from.objects ?? []).map((object) => object.toJSON() as INetworkPolicy);
const others = stack(defaults);
const needed = edges([...others, base(defaults)], scrapeJobs(defaults), "prometheus");
const without = objects(networkPolicies(defaults, others));
const added = objects(grafanaNetworkPolicies(defaults, others));

test("with its policies, exactly Grafana's connections are let through too", () => {
  assert.deepEqual(faults([...without, ...added], needed, defaults.namespace), []);
});

test("each of its policies is needed", () => {
  assert.deepEqual(added.map(({ metadata }) => metadata?.name).sort(), [
    "grafana",
    "grafana-ui",
    "prometheus-from-grafana",
  ]);
  for (const policy of added) {
    const fewer = [...without, ...added.filter((other) => other !== policy)];
    assert.ok(
      faults(fewer, needed, defaults.namespace).some((line) => line.startsWith("refused")),
      policy.metadata?.name,
    );
  }
});

test.run();
