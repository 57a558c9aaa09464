import assert from "node:assert/strict";
import { test } from "uvu";
import type { Kubectl } from "../../../../scripts/lib/kubectl.js";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";
import { whereabouts } from "../../../../scripts/lib/up/whereabouts.js";

const objects = [
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "prometheus", namespace: "monitoring" },
    spec: { ports: [{ port: 9091 }] },
  } as RenderedObject,
];
const kubectl: Kubectl = {
  lacks: [],
  flags: ["--context", "work"],
  json: async <T>() => ({ spec: { clusterIP: "10.250.128.7" } }) as T,
  text: () => assert.fail("nothing else is asked"),
  raw: () => assert.fail("nothing else is asked"),
};

test("in the embedded cluster the Service itself is reachable", async () => {
  assert.match(
    await whereabouts({ objects }, kubectl, { kubeconfig: "/run/k" }),
    /^Prometheus: http:\/\/10\.250\.128\.7:9091$/m,
  );
});

test("in another cluster a port is forwarded, and the command names the context", async () => {
  const said = await whereabouts({ objects }, kubectl, undefined);
  assert.ok(said.includes("kubectl --context work --namespace monitoring port-forward service/prometheus 9090:9091"));
});

test.run();
