import assert from "node:assert/strict";
import { test } from "uvu";
import { Failure } from "../../../../scripts/lib/failure.js";
import { type Answers, planOf, questions } from "../../../../scripts/lib/new-overlay/choices.js";
import { offer } from "../../../../scripts/lib/new-overlay/components.js";

const there = offer();
const usual = Object.fromEntries(questions(there).map(({ answer, usually }) => [answer, usually]));
const plan = (answers: Partial<Answers> = {}, name = "mine") =>
  planOf(name, { platform: "other", ...usual, ...answers } as Answers, there);

function refusal(answers: Partial<Answers>, name?: string): string {
  try {
    plan(answers, name);
  } catch (error) {
    assert.ok(error instanceof Failure && error.cure, String(error));
    return `${error.message} / ${error.cure}`;
  }
  return assert.fail(`${JSON.stringify(answers)} was taken`);
}

test("who just presses Enter gets Prometheus in one namespace, with its samples on the node", () => {
  assert.deepEqual(plan(), { name: "mine", namespace: "monitoring", components: [] });
});

test("what is chosen is in the plan", () => {
  const chosen = plan({
    platform: "k3s",
    nodeExporterNamespace: "nodes",
    storageClass: "fast.example",
    volumeSize: "100Gi",
    features: "grafana, network-policies",
  });
  assert.deepEqual(chosen, {
    name: "mine",
    namespace: "monitoring",
    nodeExporterNamespace: "nodes",
    volume: { size: 100, storageClass: "fast.example" },
    components: ["platform-k3s", "grafana", "network-policies"],
  });
  assert.deepEqual(plan({ storageClass: "default" }).volume, { size: 50 });
  assert.deepEqual(plan({ storageClass: "default", volumeSize: "2Ti" }).volume, { size: 2048 });
});

test("names that Kubernetes does not take are refused", () => {
  for (const name of ["", "Mine", "a_b", "-a", "a-", "a.b", "../a", "x".repeat(64)]) {
    assert.match(refusal({}, name), /the overlay cannot be called .*small letters/, name);
    assert.match(refusal({ namespace: name }), /a namespace cannot be called/, name);
  }
  plan({}, "x".repeat(63));
});

test("a namespace of Kubernetes' own, and one for both, are refused", () => {
  for (const namespace of ["default", "kube-system"]) assert.match(refusal({ namespace }), /belongs to Kubernetes/);
  assert.match(refusal({ nodeExporterNamespace: "monitoring" }), /namespace is monitoring too/);
});

test("a feature or a platform that is not there is refused, with those that are", () => {
  assert.match(refusal({ features: "grafanna" }), /no feature "grafanna" .*grafana/);
  assert.match(refusal({ features: "platform-k3s" }), /no feature "platform-k3s"/);
  assert.match(refusal({ platform: "k4s" }), /no platform "k4s" .*k3s/);
});

test("a feature with something to fill in is refused, and where to read of it is said", () => {
  assert.match(refusal({ features: "ingress" }), /<set the host of Ingress prometheus.*docs\/ways-in\.md/);
});

test("where the CNI does what kube-proxy does, its job is not there", () => {
  const { components } = plan({ platform: "talos", kubeProxy: "none" });
  assert.deepEqual(plan({ platform: "talos" }).components, ["platform-talos"]);
  assert.ok(components.includes("coredns") && !components.includes("kube-proxy"), String(components));
  assert.deepEqual(plan({ platform: "k3s", kubeProxy: "none" }).components, ["platform-k3s"]);
  assert.match(refusal({ platform: "eks", kubeProxy: "none" }), /platform-eks has jobs of its own/);
  assert.match(refusal({ kubeProxy: "no" }), /kube-proxy is "no" .*yes, or none/);
});

test("a volume has a size that there can be, and what keeps samples has a volume", () => {
  for (const volumeSize of ["50", "50GB", "0Gi", "1Gi", "1.5Gi", "-1Gi", ""]) {
    assert.match(refusal({ storageClass: "default", volumeSize }), /the volume's size is/, volumeSize);
  }
  assert.match(refusal({ storageClass: "Fast" }), /no StorageClass can be called "Fast"/);
  for (const feature of ["prometheus-ha", "sharded", "thanos"]) {
    assert.match(refusal({ features: feature }), new RegExp(`${feature} keeps samples on volumes`));
  }
});

test.run();
