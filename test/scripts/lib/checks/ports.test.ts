import assert from "node:assert/strict";
import { test } from "uvu";
import { ports } from "../../../../scripts/lib/checks/ports.js";
import { deployment, messages, object } from "./fixtures.js";

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

test.run();
