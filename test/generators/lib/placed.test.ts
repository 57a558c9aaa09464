import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { base } from "../../../generators/index.js";
import { defaults, settingsFrom } from "../../../generators/settings/index.js";
import { images, nameOf, pulledImages, registryOf } from "../../../generators/versions.js";

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

test("what is said of all workloads holds for each, and of where they run for all that are not on every node", () => {
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
      /^(mirror\.example\.com(:5000\/quay\/(prometheus|thanos)|\/hub\/grafana)|registry\.k8s\.io)\//,
      path,
    );
    if (/^node-exporter\/|agent-on-nodes/.test(path)) {
      assert.deepEqual(pod.tolerations, [{ operator: "Exists" }]);
      assert.equal(pod.priorityClassName, "system-node-critical");
      continue;
    }
    assert.deepEqual(pod.nodeSelector, { "example.com/pool": "infra", "kubernetes.io/os": "linux" }, path);
    assert.deepEqual(pod.tolerations, tolerations, path);
    const own = /prometheus-ha|sharded/.test(path) ? "plain-prometheus" : "monitoring";
    assert.ok(pod.priorityClassName?.includes(own), `${path}: ${pod.priorityClassName}`);
  }
});

test("every image of base/ comes from the registry and with the digest that the settings name, also in patches", () => {
  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
  const all = [...Object.values(images), ...Object.values(pulledImages)];
  const registries = Object.fromEntries(all.map((image) => [registryOf(image), "mirror.example.com"]));
  const digests = Object.fromEntries(all.map((image) => [nameOf(image), `${image.tag}@${digest}`]));
  const texts = [...base(settingsFrom({ workloads: { registries, digests } })).values()].join("\n");
  const named = [...texts.matchAll(/^\s*(?:- )?image: (.*)$/gm)].map(([, image = ""]) => image);
  assert.ok(named.length >= 7, `only ${named.length} images`);
  for (const image of named) assert.match(image, /^mirror\.example\.com\/.+:v?[\d.]+@sha256:[0-9a-f]{64}$/);
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
  [
    "the digest of another version",
    { digests: { prometheus: `v3.15.9@sha256:${"0".repeat(64)}` } },
    /"workloads\.digests\.prometheus" .* must be the digest of v3\.\d+\.\d+, which this version runs/,
  ],
  ["a digest that is cut short", { digests: { grafana: "13.2.3@sha256:0" } }, /must be a tag and its digest/],
  [
    "a digest of no image",
    { digests: { promtheus: "a" } },
    /"workloads\.digests\.promtheus" .* did you mean prometheus/,
  ],
  ["an effect that there is not", { tolerations: [{ key: "a", effect: "Never" }] }, /must be NoSchedule, Prefer/],
  ["a label that is none", { nodeSelector: { "a b": "c" } }, /must be the key of a label/],
  ["a number for a label's value", { nodeSelector: { a: 1 } }, /"workloads\.nodeSelector\.a" is 1: must be a string/],
];

for (const [name, workloads, message] of wrong) {
  test(`${name} is an error`, () => assert.throws(() => settingsFrom({ workloads }), message));
}

test.run();
