import assert from "node:assert/strict";
import { test } from "uvu";
import { prometheusHa } from "../../../../generators/components/prometheus-ha.js";
import { shardLabel } from "../../../../generators/prometheus/pod.js";
import { defaults } from "../../../../generators/settings/index.js";
import { podCopy } from "../../../../proof/lib/rbac/pod-copy.js";
import type { Rendered, RenderedObject } from "../../../../scripts/lib/rendered/objects.js";

const objects = prometheusHa(defaults).objects?.map((object) => object.toJSON() as RenderedObject) ?? [];
const rendered: Rendered = { overlay: "overlays/test", text: "", namespace: defaults.namespace, objects };

test("a copy of a replica ends at once: no API server takes a hook that lasts longer than the pod may", () => {
  const { containers, terminationGracePeriodSeconds } = podCopy(rendered, {
    name: "prometheus",
    namespace: defaults.namespace,
  });
  assert.equal(terminationGracePeriodSeconds, 1);
  assert.deepEqual(
    containers.map(({ lifecycle }) => lifecycle),
    [undefined],
  );
});

test("where shards scrape, the copy has every job; what stands beside Prometheus is not copied, nor its volumes", () => {
  const app = (name: string, labels: object, items?: object) => {
    const mounts = (...names: string[]) => names.map((one) => ({ name: one, mountPath: `/${one}` }));
    const containers = [
      { name: "thanos-sidecar", volumeMounts: mounts("data", "objstore") },
      { name: "prometheus", volumeMounts: mounts("data", "scrape") },
    ];
    const volumes = [
      { name: "scrape", configMap: { name: "prometheus-scrape", ...items } },
      { name: "objstore", secret: { secretName: "thanos-objstore" } },
    ];
    const template = { metadata: { labels }, spec: { serviceAccountName: "prometheus", containers, volumes } };
    const spec = { template, volumeClaimTemplates: [{ metadata: { name: "data" } }] };
    return { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name, namespace: "m" }, spec };
  };
  const { containers, volumes } = podCopy(
    {
      ...rendered,
      objects: [
        app("a-shard", { [shardLabel]: "0" }),
        app("prometheus", {}, { items: [{ key: "prometheus.yml", path: "prometheus.yml" }] }),
      ],
    },
    { name: "prometheus", namespace: "m" },
  );
  assert.deepEqual(
    containers.map(({ name }) => name),
    ["prometheus"],
  );
  assert.deepEqual(volumes, [
    { name: "scrape", configMap: { name: "prometheus-scrape" } },
    { name: "data", emptyDir: {} },
  ]);
});

test("an account that no pod runs as is named", () => {
  assert.throws(
    () => podCopy(rendered, { name: "nobody", namespace: "x" }),
    /overlays\/test has ServiceAccount x\/nobody/,
  );
});

test.run();
