import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { base } from "../../../generators/index.js";
import { defaults, settingsFrom } from "../../../generators/settings/index.js";

interface Pod {
  readonly priorityClassName?: string;
  readonly nodeSelector?: object;
  readonly tolerations?: readonly object[];
  readonly imagePullSecrets?: readonly object[];
  readonly containers: readonly { readonly image: string }[];
}

/** Pods of the bundle by their file; with Components that bring one. */
function pods(workloads: object): [string, Pod][] {
  const files = [...base(settingsFrom({ workloads }))].filter(([path]) => /(deployment|set)[^/]*\.yaml$/.test(path));
  const objects = files.map(([path, text]): [string, { spec?: { template?: { spec?: Pod } } }] => [path, parse(text)]);
  return objects.flatMap(([path, { spec }]) => {
    const pod = spec?.template?.spec;
    return pod?.containers?.[0]?.image === undefined ? [] : [[path, pod]];
  });
}

test("what is said of all workloads holds for each, and of where they run for all but node-exporter", () => {
  const tolerations = [{ key: "pool", operator: "Equal", value: "infra", effect: "NoSchedule" }];
  const all = pods({
    registries: { "quay.io": "mirror.example.com:5000/quay", "docker.io": "mirror.example.com/hub" },
    imagePullSecrets: ["mirror"],
    nodeSelector: { "example.com/pool": "infra" },
    tolerations,
    priorityClassName: "monitoring",
  });
  assert.ok(all.length >= 7, `only ${all.length} pods`);
  for (const [path, pod] of all) {
    assert.deepEqual(pod.imagePullSecrets, [{ name: "mirror" }], path);
    assert.match(
      pod.containers[0]?.image ?? "",
      /^(mirror\.example\.com(:5000\/quay\/prometheus|\/hub\/grafana)|registry\.k8s\.io)\//,
      path,
    );
    if (path.startsWith("node-exporter/")) {
      assert.deepEqual(pod.tolerations, [{ operator: "Exists" }]);
      assert.equal(pod.priorityClassName, "system-node-critical");
      continue;
    }
    assert.deepEqual(pod.nodeSelector, { "example.com/pool": "infra", "kubernetes.io/os": "linux" }, path);
    assert.deepEqual(pod.tolerations, tolerations, path);
    const own = path.includes("prometheus-ha") ? "plain-prometheus" : "monitoring";
    assert.ok(pod.priorityClassName?.includes(own), `${path}: ${pod.priorityClassName}`);
  }
});

test("without them no pod says anything of it", () => {
  for (const [path, pod] of pods({})) {
    assert.equal(pod.imagePullSecrets, undefined, path);
    assert.deepEqual(pod.nodeSelector, { "kubernetes.io/os": "linux" }, path);
  }
  assert.equal(defaults.workloads.priorityClassName, undefined);
});

const wrong: [string, object, RegExp][] = [
  ["a registry of no image", { registries: { "ghcr.io": "a" } }, /"workloads\.registries\.ghcr\.io" .* must be one of/],
  ["an address with a scheme", { registries: { "quay.io": "https://a" } }, /must be the address of a registry/],
  ["an address with a slash at its end", { registries: { "quay.io": "a/" } }, /without a slash at its end/],
  ["a toleration of nothing", { tolerations: [{ effect: "NoExecute" }] }, /needs a key, or operator "Exists"/],
  [
    "a value beside Exists",
    { tolerations: [{ key: "a", operator: "Exists", value: "b" }] },
    /has no value where operator/,
  ],
  ["an effect that there is not", { tolerations: [{ key: "a", effect: "Never" }] }, /must be NoSchedule, Prefer/],
  ["a label that is none", { nodeSelector: { "a b": "c" } }, /must be the key of a label/],
  ["a number for a label's value", { nodeSelector: { a: 1 } }, /"workloads\.nodeSelector\.a" is 1: must be a string/],
];

for (const [name, workloads, message] of wrong) {
  test(`${name} is an error`, () => assert.throws(() => settingsFrom({ workloads }), message));
}

test.run();
