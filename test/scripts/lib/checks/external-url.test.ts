import assert from "node:assert/strict";
import { test } from "uvu";
import { grafana } from "../../../../generators/grafana/index.js";
import { stack } from "../../../../generators/index.js";
import { objectsOf } from "../../../../generators/lib/objects.js";
import { placeholder } from "../../../../generators/lib/placeholder.js";
import { settingsFrom } from "../../../../generators/settings/index.js";
import { externalUrl } from "../../../../scripts/lib/checks/external-url.js";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";

const metadata = (name: string) => ({ name, namespace: "monitoring-system" });
const ingress = (name: string, host?: string) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: metadata(name),
  spec: { rules: [{ ...(host && { host }), http: { paths: [{ backend: { service: { name } } }] } }] },
});
const route = (name: string, host: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: metadata(name),
  spec: { hostnames: [host], rules: [{ backendRefs: [{ name }] }] },
});

async function found(way: RenderedObject, externalUrls = {}): Promise<string[]> {
  const settings = settingsFrom({ externalUrls });
  // Without ConfigMaps, as writing dashboards takes long.
  const objects = [...stack(settings), grafana(settings)].flatMap((base) => objectsOf({ ...base, configMaps: [] }));
  const findings = await externalUrl.run({
    overlay: "overlays/test",
    text: "",
    objects: [...(objects as RenderedObject[]), way],
  });
  return findings.map(({ object, message, fix }) => `${object}: ${message} / ${fix}`);
}

for (const name of ["prometheus", "alertmanager", "grafana"]) {
  test(`${name} knows the host that leads to it`, async () => {
    for (const way of [ingress(name, "x.example.com"), route(name, "x.example.com")]) {
      const [problem = "", ...more] = await found(way);
      assert.match(problem, new RegExp(`${way.kind} .*leads from x\\.example\\.com to .*/${name}, whose .* is empty`));
      assert.match(problem, /to https:\/\/x\.example\.com/);
      assert.deepEqual(more, []);
      assert.equal((await found(way, { [name]: "https://y.example.com" })).length, 1);
      assert.deepEqual(await found(way, { [name]: "https://x.example.com:8443/there" }), []);
    }
  });
}

test("a host that is still to be filled in, none at all and one for something else are no matter", async () => {
  assert.deepEqual(await found(ingress("prometheus", placeholder("the host of Ingress prometheus"))), []);
  assert.deepEqual(await found(ingress("prometheus")), []);
  assert.deepEqual(await found(ingress("kube-state-metrics", "x.example.com")), []);
});

test.run();
