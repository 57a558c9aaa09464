import assert from "node:assert/strict";
import { test } from "uvu";
import { namesInText } from "../../../../scripts/lib/checks/names-in-text.js";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";
import { deployment, messages, object, rendered } from "./fixtures.js";
import { job, prometheus, service } from "./prometheus/fixtures.js";

const own = { role: "endpointslice", namespaces: { own_namespace: true } };
const keep = (source_labels: readonly string[], regex: string) => ({
  kubernetes_sd_configs: [own],
  relabel_configs: [{ action: "keep", source_labels, regex }],
});
const found = async (config: object, ...others: RenderedObject[]) =>
  await messages(namesInText, ...prometheus({ "mine.scrape.yml": job({ ...config }) }), ...others);
const name = "__meta_kubernetes_service_name";
const label = "__meta_kubernetes_service_label_app_kubernetes_io_name";
const port = "__meta_kubernetes_endpointslice_port_name";

test("a job that keeps a Service by name finds it under that name alone", async () => {
  assert.deepEqual(await found(keep([name, port], "app;http"), service()), []);
  assert.deepEqual(await found(keep([name, port], "app;http"), service({ name: "team-a-app" })), [
    "ConfigMap monitoring/config: job mine keeps Service app at port http, which this overlay does not render in monitoring",
  ]);
});

test("a job that keeps a label finds the Service under whichever name", async () => {
  const labelled = service({ name: "team-a-app", labels: { "app.kubernetes.io/name": "app" } });
  assert.deepEqual(await found(keep([label], "app"), labelled), []);
  assert.deepEqual(await found(keep([label], "app"), service()), [
    "ConfigMap monitoring/config: job mine keeps Services with app.kubernetes.io/name=app, which this overlay does not render in monitoring",
  ]);
});

test("a job that keeps a pod's label or port needs a pod with it", async () => {
  const pods = (source: string, regex: string) => ({
    kubernetes_sd_configs: [{ role: "pod", namespaces: { own_namespace: true } }],
    relabel_configs: [{ action: "keep", source_labels: [source], regex }],
  });
  assert.deepEqual(await found(pods("__meta_kubernetes_pod_label_app", "app")), []);
  assert.equal((await found(pods("__meta_kubernetes_pod_label_app", "gone"))).length, 1);
  assert.equal((await found(pods("__meta_kubernetes_pod_container_port_number", "8081"))).length, 1);
});

test("annotations, patterns and other namespaces say of nothing that it must be rendered", async () => {
  assert.deepEqual(await found(keep(["__meta_kubernetes_service_annotation_scrape"], "true"), service()), []);
  assert.deepEqual(await found(keep([name], "ap.+x"), service()), []);
  const elsewhere = [{ role: "endpointslice", namespaces: { names: ["my-team"] } }];
  assert.deepEqual(await found({ ...keep([name], "gone"), kubernetes_sd_configs: elsewhere }, service()), []);
});

test("the block of Alertmanagers is looked at as jobs are", async () => {
  const alerting = { alertmanagers: [keep([name], "alertmanager")] };
  assert.deepEqual(
    await messages(namesInText, ...prometheus({ "prometheus.yml": JSON.stringify({ alerting }) }), service()),
    [
      "ConfigMap monitoring/config: the alerting block keeps Service alertmanager, which this overlay does not render in monitoring",
    ],
  );
});

test("a host of the own namespace is a Service that is rendered", async () => {
  const targets = (...all: string[]) => ({ static_configs: [{ targets: all }] });
  const right = ["app:80", "app.monitoring:80", "app.monitoring.svc:80", "app.monitoring.svc.cluster.local.:80"];
  assert.deepEqual(await found(targets(...right, "localhost:1", "10.0.0.1:80", "example.com:80"), service()), []);
  assert.deepEqual(await found(targets("db.my-team.svc:80", "kubernetes.default.svc:443"), service()), []);
  for (const wrong of ["gone:80", "gone.monitoring:80", "gone.monitoring.svc:80"]) {
    const [message = ""] = await found(targets(wrong), service());
    assert.match(message, /keeps gone.*, but this overlay does not render Service monitoring\/gone$/, wrong);
  }
});

test("an address without a scheme in a file is looked at too", async () => {
  const asked = (address: string) =>
    prometheus({ "endpoints.yml": `endpoints:\n  - address: ${address}\n    strict: true\n` });
  assert.deepEqual(await messages(namesInText, ...asked("dns+gone:10901")), [
    "ConfigMap monitoring/config: endpoints.yml keeps gone:10901, but this overlay does not render Service monitoring/gone",
  ]);
  for (const right of ["dnssrv+app:80", '"dnssrvnoa+app:80"', "https://app:80"])
    assert.deepEqual(await messages(namesInText, ...asked(right), service()), [], right);
  const mail = prometheus({ "mail.yml": "global:\n  smtp_smarthost: 'gone:587'\n" });
  assert.match((await messages(namesInText, ...mail)).join(), /mail.yml keeps gone:587/);
  // Where somebody listens is nobody whom it asks.
  assert.deepEqual(await messages(namesInText, ...prometheus({ "a.yml": "http:\n  address: gone:8888\n" })), []);
});

test("arguments, variables, files and what relabelling puts into an address are looked at too", async () => {
  const missing = "but this overlay does not render Service monitoring/gone";
  const peer = deployment({
    args: ["--cluster.peer=gone:9094", "--web.listen-address=:9093", "--web.external-url=http://a.example.com"],
  });
  assert.deepEqual(await messages(namesInText, peer), [
    `Deployment monitoring/app: container app by --cluster.peer keeps gone:9094, ${missing}`,
  ]);
  assert.deepEqual(await messages(namesInText, deployment({ env: [{ name: "DB", value: "http://gone/x" }] })), [
    `Deployment monitoring/app: container app by its variable DB keeps http://gone, ${missing}`,
  ]);
  assert.deepEqual(
    await found({
      static_configs: [{ targets: ["a"] }],
      relabel_configs: [{ target_label: "__address__", replacement: "gone:9115" }],
    }),
    [`ConfigMap monitoring/config: job mine keeps gone:9115, ${missing}`],
  );
  const sources = object(
    "v1",
    "ConfigMap",
    { name: "data" },
    { data: { "datasources.yml": "# http://comment:1\nurl: http://gone:9090\n" } },
  );
  const mounting = deployment(
    { volumeMounts: [{ name: "data", mountPath: "/data" }] },
    { volumes: [{ name: "data", configMap: { name: "data" } }] },
  );
  assert.deepEqual(await messages(namesInText, mounting, sources), [
    `ConfigMap monitoring/data: datasources.yml keeps http://gone:9090, ${missing}`,
  ]);
  assert.match(
    (await messages(namesInText, ...prometheus({ "prometheus.yml": "remote_write: [{ url: http://gone/api }]" })))[0] ??
      "",
    /http:\/\/gone/,
  );
});

test("what is declared is there", async () => {
  const objects = prometheus({ "mine.scrape.yml": job({ static_configs: [{ targets: ["gone:80"] }] }) });
  const kustomization = (text: string) => ({
    folder: "/o",
    file: "/o/kustomization.yaml",
    isGenerated: false,
    content: { metadata: { annotations: { "plain-prometheus/exists": text } } },
  });
  const run = async (text: string) =>
    await namesInText.run({ ...rendered(...objects), kustomizations: [kustomization(text)] });
  assert.equal((await run("Service monitoring/other")).length, 1);
  assert.deepEqual(await run("PriorityClass high\nService monitoring/gone"), []);
});

test("an Ingress and a route lead to a Service and a port that are rendered", async () => {
  const ingress = (service: object) =>
    object(
      "networking.k8s.io/v1",
      "Ingress",
      {},
      { spec: { rules: [{ http: { paths: [{ backend: { service } }] } }] } },
    );
  const route = (backend: object) =>
    object("gateway.networking.k8s.io/v1", "HTTPRoute", {}, { spec: { rules: [{ backendRefs: [backend] }] } });
  const right = [ingress({ name: "app", port: { name: "http" } }), route({ name: "app", port: 80 })];
  assert.deepEqual(await messages(namesInText, service(), ...right), []);
  assert.deepEqual(await messages(namesInText, service({ name: "app-x" }), ...right), [
    "Ingress monitoring/app: leads to Service monitoring/app, which this overlay does not render",
    "HTTPRoute monitoring/app: leads to Service monitoring/app, which this overlay does not render",
  ]);
  assert.deepEqual(
    await messages(
      namesInText,
      service(),
      ingress({ name: "app", port: { number: 81 } }),
      route({ name: "app", port: 81 }),
    ),
    [
      "Ingress monitoring/app: leads to port 81 of Service monitoring/app, which has http=80",
      "HTTPRoute monitoring/app: leads to port 81 of Service monitoring/app, which has http=80",
    ],
  );
});

test("a role by name is about what is rendered", async () => {
  const rules = [
    { apiGroups: [""], resources: ["services/proxy"], resourceNames: ["app", "http:app:http"], verbs: ["get"] },
  ];
  const role = object("rbac.authorization.k8s.io/v1", "Role", {}, { rules });
  assert.deepEqual(await messages(namesInText, deployment(), service(), role), []);
  assert.match(
    (await messages(namesInText, deployment(), service({ name: "x-app" }), role))[0] ?? "",
    /allows services\/proxy of Service monitoring\/app/,
  );
});

test.run();
