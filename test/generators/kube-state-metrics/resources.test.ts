import assert from "node:assert/strict";
import { test } from "uvu";
import { resourcesFlag, resourcesOf, rules } from "../../../generators/kube-state-metrics/resources.js";

test("the ClusterRole is for exactly the resources of the flag, to list and to watch them", () => {
  const granted = rules().flatMap(({ resources = [] }) => resources);
  assert.deepEqual(granted.sort(), resourcesFlag().split(","));
  for (const { verbs } of rules()) assert.deepEqual(verbs, ["list", "watch"]);
});

test("neither Secrets nor ConfigMaps are among them", () => {
  assert.doesNotMatch(resourcesFlag(), /secrets|configmaps/);
});

test("what gives none of the wanted metrics is not watched", () => {
  assert.deepEqual(resourcesOf(["kube_pod_info", "kube_resourcequota", "kube_persistentvolumeclaim_info"]), {
    "": ["persistentvolumeclaims", "pods", "resourcequotas"],
  });
});

test.run();
