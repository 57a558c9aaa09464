import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { outsideAccess, outsidePermissions, prometheusOutside } from "../../../generators/bare-metal/access.js";
import { outside, outsideJobs } from "../../../generators/bare-metal/outside.js";
import { outsideJob } from "../../../generators/bare-metal/outside-job.js";
import { alertmanager } from "../../../generators/prometheus/scrape/alertmanager.js";
import { cadvisor } from "../../../generators/prometheus/scrape/cadvisor.js";
import { kubeStateMetrics } from "../../../generators/prometheus/scrape/kube-state-metrics.js";
import { prometheusItself } from "../../../generators/prometheus/scrape/prometheus.js";
import { defaults } from "../../../generators/settings/index.js";
import type { ScrapeConfig } from "../../../metrics/scrape-job.js";

const reach = { apiServer: "https://10.0.0.10:6443", port: 9091 };
const settings = { ...defaults, namespace: "watching" };
const jobs = outsideJobs(settings, reach).map(({ config }) => config);
const credentials = { authorization: { credentials_file: "../token" }, tls_config: { ca_file: "../ca.crt" } };

test("every discovery goes to the named API server, with a token and a CA of its own", () => {
  const discoveries = jobs.flatMap((config) => config.kubernetes_sd_configs ?? []);
  assert.ok(discoveries.length >= 4);
  for (const { api_server, authorization, tls_config } of discoveries) {
    assert.deepEqual({ api_server, authorization, tls_config }, { api_server: reach.apiServer, ...credentials });
  }
});

test("every scrape over HTTPS says its own token and CA, since those of discovery are not taken for it", () => {
  const overHttps = jobs.filter(({ scheme }) => scheme === "https");
  assert.ok(overHttps.length >= 5);
  for (const { authorization, tls_config } of overHttps) {
    assert.deepEqual({ authorization, tls_config }, credentials);
  }
});

test("node-exporter, which knows no tokens, gets none", () => {
  assert.equal(jobs.find(({ job_name }) => job_name === "node-exporter")?.authorization, undefined);
});

test("nothing names a file of a pod, or a namespace of its own", () => {
  const text = [...outside(settings, reach).values()].join();
  assert.doesNotMatch(text, /serviceaccount\/|own_namespace|\/etc\/prometheus\//);
});

test("kube-state-metrics is scraped through the API server's proxy, under its own instance", () => {
  const job = outsideJob(kubeStateMetrics(settings), settings, reach);
  assert.equal(
    job?.config.metrics_path,
    "/api/v1/namespaces/watching/services/http:kube-state-metrics:http/proxy/metrics",
  );
  assert.deepEqual(job?.config.static_configs, [
    { targets: ["10.0.0.10:6443"], labels: { instance: "kube-state-metrics:http" } },
  ]);
  assert.equal(job?.config.honor_labels, true);
  assert.deepEqual([job?.config.kubernetes_sd_configs, job?.config.relabel_configs], [undefined, undefined]);
});

test("an API server below a path, and one at the usual port of HTTPS, are reached too", () => {
  const apiServer = "https://rancher.example.com/k8s/clusters/c-1";
  const job = outsideJob(kubeStateMetrics(settings), settings, { ...reach, apiServer });
  assert.match(job?.config.metrics_path ?? "", /^\/k8s\/clusters\/c-1\/api\/v1\//);
  assert.deepEqual(job?.config.static_configs?.[0]?.targets, ["rancher.example.com:443"]);
});

test("Prometheus scrapes itself beside itself, and is asked for no password", () => {
  const login = { basic_auth: { username_file: "/u", password_file: "/p" } };
  const job = outsideJob(prometheusItself(login), settings, reach);
  assert.deepEqual(job?.config.static_configs, [{ targets: ["localhost:9091"] }]);
  assert.equal(job?.config.basic_auth, undefined);
});

test("Alertmanager's pods are out of reach, so that there is no job and no rule for them", () => {
  assert.equal(outsideJob(alertmanager(), settings, reach), undefined);
  const files = [...outside(settings, reach).keys()];
  assert.ok(files.includes("rules/node.yml"));
  assert.deepEqual(
    files.filter((file) => /alert/.test(file)),
    [],
  );
});

test("all that a job says but how it finds and identifies itself stays as it is in the cluster", () => {
  const stripped = ({ authorization, tls_config, kubernetes_sd_configs, ...rest }: ScrapeConfig) => rest;
  const inside = cadvisor(settings);
  const job = outsideJob(inside, settings, reach);
  assert.deepEqual(job && stripped(job.config), stripped(inside.config));
  assert.deepEqual(job?.expects, inside.expects);
});

test("a kubelet that nobody can verify is not verified outside either", () => {
  const job = outsideJob(
    cadvisor({ ...settings, scrape: { ...settings.scrape, kubeletTls: "insecure" } }),
    settings,
    reach,
  );
  assert.deepEqual(job?.config.tls_config, { insecure_skip_verify: true });
  assert.deepEqual(job?.config.kubernetes_sd_configs?.[0]?.tls_config, credentials.tls_config);
});

test("the account may do what the jobs need, with each name said, and nothing else", () => {
  const said = outsidePermissions(settings).map(
    ({ scope, rule: { verbs, resources, resourceNames, nonResourceURLs } }) =>
      [
        typeof scope === "string" ? scope : scope.namespace,
        verbs,
        resources ?? nonResourceURLs,
        resourceNames ?? "",
      ].join(" "),
  );
  assert.deepEqual(said.sort(), [
    "cluster get /metrics ",
    "cluster get nodes/metrics ",
    "cluster list,watch nodes ",
    "default list,watch endpointslices kubernetes",
    "default list,watch pods kubernetes",
    "default list,watch services kubernetes",
    "own namespace get services/proxy http:kube-state-metrics:http",
    "own namespace get services/proxy http:kube-state-metrics:telemetry",
  ]);
});

test("roles outside the own namespace are in a folder for each namespace", () => {
  const places = (component: { objects: readonly { kind: string; metadata?: { namespace?: string } }[] }) =>
    component.objects.map(({ kind, metadata }) => `${kind} ${metadata?.namespace ?? ""}`.trim());
  assert.deepEqual(places(prometheusOutside(settings)), [
    "ServiceAccount watching",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role watching",
    "RoleBinding watching",
  ]);
  assert.deepEqual(
    outsideAccess(settings).map((component) => [component.name, places(component)]),
    [["access-outside/default", ["Role default", "RoleBinding default"]]],
  );
});

test("the unit and the job agree on the port, and Prometheus listens on loopback alone", () => {
  const unit = outside(settings, reach).get("prometheus-outside.service") ?? "";
  assert.match(unit, /^ExecStart = prometheus .*--web\.listen-address=127\.0\.0\.1:9091$/m);
});

test("the label of the cluster is that of the settings", () => {
  const config = parse(
    outside({ ...settings, cluster: { ...settings.cluster, name: "east" } }, reach).get("prometheus.yml") ?? "",
  );
  assert.deepEqual(config.global.external_labels, { cluster: "east" });
});

test.run();
