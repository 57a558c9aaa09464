import assert from "node:assert/strict";
import { test } from "uvu";
import { prometheusHa } from "../../../../generators/components/prometheus-ha.js";
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

test("an account that no pod runs as is named", () => {
  assert.throws(
    () => podCopy(rendered, { name: "nobody", namespace: "x" }),
    /overlays\/test has ServiceAccount x\/nobody/,
  );
});

test.run();
