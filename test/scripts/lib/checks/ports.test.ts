import assert from "node:assert/strict";
import { test } from "uvu";
import { ports } from "../../../../scripts/lib/checks/ports.js";
import { deployment, messages, object } from "./fixtures.js";
import { service as front, job, prometheus } from "./prometheus/fixtures.js";

const service = (port: object) => object("v1", "Service", {}, { spec: { selector: { app: "app" }, ports: [port] } });

test("a Service finds a container port by name, by number, and by its own number", async () => {
  for (const port of [{ port: 80, targetPort: "http" }, { port: 80, targetPort: 8080 }, { port: 8080 }]) {
    assert.deepEqual(await messages(ports, deployment(), service(port)), []);
  }
});

test("a Service that leads to a port nobody opens is wrong", async () => {
  assert.deepEqual(await messages(ports, deployment(), service({ port: 80, targetPort: "metrics" })), [
    "Service monitoring/app: leads to port metrics, which the pods of Deployment monitoring/app do not open (they open http=8080)",
  ]);
  assert.equal((await messages(ports, deployment(), service({ port: 80 }))).length, 1);
});

test("UDP does not lead to a TCP port", async () => {
  assert.equal((await messages(ports, deployment(), service({ port: 8080, protocol: "UDP" }))).length, 1);
});

test("a probe asks a port of its own container", async () => {
  const asks = (port: string | number) => deployment({ readinessProbe: { httpGet: { path: "/", port } } });
  assert.deepEqual(await messages(ports, asks("http")), []);
  assert.deepEqual(await messages(ports, asks("htpp")), [
    "Deployment monitoring/app: readinessProbe of container app asks port htpp, which is none of its ports (http=8080)",
  ]);
});

const listening = (args: string[], containerPort: number, more: object = {}) =>
  deployment({ image: "quay.io/prometheus/node-exporter:v1", args, ports: [{ containerPort, ...more }] });

test("a program listens at a port of its container, by its flag or without", async () => {
  assert.deepEqual(await messages(ports, listening(["--web.listen-address=0.0.0.0:9101"], 9101)), []);
  assert.deepEqual(await messages(ports, listening([], 9100)), []);
  const says = "Deployment monitoring/app: container app listens at port";
  assert.deepEqual(await messages(ports, listening(["--web.listen-address", ":9101"], 9100)), [
    `${says} 9101 by --web.listen-address=:9101, which is none of its ports (9100)`,
  ]);
  assert.deepEqual(await messages(ports, listening([], 9101)), [
    `${says} 9100 by --web.listen-address, which is not set, which is none of its ports (9101)`,
  ]);
});

test("a probe by number or by command asks a port that is open", async () => {
  for (const probe of [
    { httpGet: { port: 8081 } },
    { tcpSocket: { port: 8081 } },
    { exec: { command: ["a", "--url=http://localhost:8081/x"] } },
  ]) {
    assert.match(
      (await messages(ports, deployment({ livenessProbe: probe })))[0] ?? "",
      /livenessProbe of container app asks port 8081/,
    );
  }
  assert.deepEqual(
    await messages(ports, deployment({ livenessProbe: { exec: { command: ["a", "http://127.0.0.1:8080"] } } })),
    [],
  );
});

test("on the network of a node hostPort and containerPort are one", async () => {
  const found = await messages(
    ports,
    deployment({ ports: [{ name: "http", containerPort: 8080, hostPort: 8081 }] }, { hostNetwork: true }),
  );
  assert.match(found[0] ?? "", /has hostPort 8081 and containerPort 8080/);
});

test("a job asks a port that is open, of a pod and of a node", async () => {
  const to = (address: string) => prometheus({ "m.scrape.yml": job({ static_configs: [{ targets: [address] }] }) });
  assert.deepEqual(await messages(ports, ...to("app:8080"), front({}, { clusterIP: "None" })), []);
  assert.deepEqual(await messages(ports, ...to("app:9090"), front({}, { clusterIP: "None" })), [
    "ConfigMap monitoring/config: job mine asks port 9090 of Deployment monitoring/app, which opens http=8080",
  ]);
  const relabel_configs = [
    { source_labels: ["__address__"], regex: "(.+):\\d+", replacement: "$1:9100", target_label: "__address__" },
  ];
  const nodes = prometheus({
    "m.scrape.yml": job({ job_name: "agent", kubernetes_sd_configs: [{ role: "node" }], relabel_configs }),
  });
  const agent = (port: number) => {
    const container = { name: "agent", image: "example.test/agent:v1", ports: [{ containerPort: port }] };
    const template = { metadata: { labels: { app: "agent" } }, spec: { hostNetwork: true, containers: [container] } };
    return object("apps/v1", "DaemonSet", { name: "agent" }, { spec: { template } });
  };
  assert.deepEqual(await messages(ports, ...nodes, agent(9100)), []);
  assert.deepEqual(await messages(ports, ...nodes), []);
  assert.deepEqual(await messages(ports, ...nodes, agent(9101)), [
    "ConfigMap monitoring/config: job agent asks port 9100 of each node, where DaemonSet monitoring/agent opens 9101",
  ]);
});

test.run();
