import assert from "node:assert/strict";
import type { IEndpointSlice } from "kubernetes-models/discovery.k8s.io/v1/EndpointSlice";
import type { IPod } from "kubernetes-models/v1/Pod";
import { test } from "uvu";
import { annotatedTargets, type Workloads } from "../../../../scripts/lib/verify/annotated.js";

const ofPods = { every: "annotated", kind: "pod", namespaces: [], excludedNamespaces: ["kube-system"] } as const;
const ofServices = { ...ofPods, kind: "service" } as const;
const asked = { "prometheus.io/scrape": "true" };
type Annotations = Readonly<Record<string, string>>;

function pod(name: string, annotations: Annotations = {}, changes: Partial<NonNullable<IPod["status"]>> = {}): IPod {
  const ports = [{ containerPort: 8080 }, { containerPort: 53, protocol: "UDP" as const }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "shop", annotations },
    spec: { containers: [{ name: "app", ports }] },
    status: { podIP: "10.244.0.7", phase: "Running", conditions: [{ type: "Ready", status: "True" }], ...changes },
  };
}

function slice(service: string, ...pods: string[]): IEndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    addressType: "IPv4",
    metadata: { namespace: "shop", labels: { "kubernetes.io/service-name": service } },
    ports: [{ name: "http", port: 8080 }],
    endpoints: pods.map((name) => ({ addresses: ["10.244.0.7"], targetRef: { kind: "Pod", name } })),
  };
}

function workloads(changes: Partial<Workloads>): Workloads {
  return { namespaces: [], pods: [], services: [], slices: [], ...changes };
}

const service = (name: string, annotations: Annotations) => ({
  apiVersion: "v1" as const,
  kind: "Service" as const,
  metadata: { name, namespace: "shop", annotations },
});

function addresses(expectation: typeof ofPods | typeof ofServices, changes: Partial<Workloads>): string[] {
  return annotatedTargets(expectation, workloads(changes)).map(({ addresses: [address], path }) => `${address}${path}`);
}

test("a pod that asks for it is expected at its TCP ports, or at the annotated one", () => {
  assert.deepEqual(addresses(ofPods, { pods: [pod("a", asked), pod("b")] }), ["10.244.0.7:8080/metrics"]);
  const annotations = { ...asked, "prometheus.io/port": "9102", "prometheus.io/path": "m" };
  assert.deepEqual(addresses(ofPods, { pods: [pod("a", annotations)] }), ["10.244.0.7:9102/m"]);
});

test("a pod that is not ready is no loss, and one that ended or has no address is not expected", () => {
  const [target] = annotatedTargets(
    ofPods,
    workloads({ pods: [pod("a", asked, { conditions: [{ type: "Ready", status: "False" }] })] }),
  );
  assert.equal(target?.required, false);
  assert.match(target?.trouble?.command ?? "", /kubectl -n shop describe pod a/);
  const { podIP: _, ...pending } = pod("c", asked).status ?? {};
  const others = [pod("b", asked, { phase: "Succeeded" }), { ...pod("c", asked), status: pending }];
  assert.deepEqual(addresses(ofPods, { pods: others }), []);
});

test("namespaces are left out by the settings and by their own annotation", () => {
  const pods = [pod("a", asked)];
  const says = (answer: string) => [
    {
      apiVersion: "v1" as const,
      kind: "Namespace" as const,
      metadata: { name: "shop", annotations: { "prometheus.io/scrape": answer } },
    },
  ];
  assert.deepEqual(addresses(ofPods, { pods, namespaces: says("false") }), []);
  assert.equal(addresses(ofPods, { pods, namespaces: says("true") }).length, 1);
  assert.deepEqual(annotatedTargets({ ...ofPods, excludedNamespaces: ["shop"] }, workloads({ pods })), []);
  assert.deepEqual(annotatedTargets({ ...ofPods, namespaces: ["other"] }, workloads({ pods })), []);
});

test("a pod behind two annotated Services is expected once, and not where it says anything itself", () => {
  const services = [service("web", asked), service("web-too", asked), service("silent", {})];
  const slices = [slice("web", "a"), slice("web-too", "a"), slice("silent", "a")];
  assert.deepEqual(addresses(ofServices, { pods: [pod("a")], services, slices }), ["10.244.0.7:8080/metrics"]);
  assert.deepEqual(addresses(ofServices, { pods: [pod("a", asked)], services, slices }), []);
});

test("an IPv6 address has brackets", () => {
  assert.deepEqual(addresses(ofPods, { pods: [pod("a", asked, { podIP: "fd00::7" })] }), ["[fd00::7]:8080/metrics"]);
});

test.run();
