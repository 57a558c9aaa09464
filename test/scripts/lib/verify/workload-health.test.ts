import assert from "node:assert/strict";
import type { IContainerStatus } from "kubernetes-models/v1/ContainerStatus";
import type { IEvent } from "kubernetes-models/v1/Event";
import type { IPod } from "kubernetes-models/v1/Pod";
import { test } from "uvu";
import type { Workload } from "../../../../scripts/lib/rendered/workloads.js";
import {
  type Clues,
  type LiveWorkload,
  type Running,
  workloadProblems,
} from "../../../../scripts/lib/verify/workload-health.js";

const labels = { "app.kubernetes.io/name": "prometheus" };
const namespace = "monitoring";

function workload(kind = "Deployment", name = "prometheus"): Workload {
  return {
    object: `${kind} ${namespace}/${name}`,
    kind,
    namespace,
    labels,
    selector: { matchLabels: labels },
    pod: { containers: [] },
    containers: [],
    claims: [],
  };
}

function live(readyReplicas: number, status: LiveWorkload["status"] = {}, generation = 1): LiveWorkload {
  return {
    kind: "Deployment",
    metadata: { namespace, name: "prometheus", generation },
    spec: { replicas: 1 },
    status: { observedGeneration: 1, readyReplicas, updatedReplicas: 1, ...status },
  };
}

const container = { name: "prometheus", image: "prometheus:v1", imageID: "", ready: false, restartCount: 3 };

function pod(status: IPod["status"], spec: Partial<IPod["spec"]> = {}): IPod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "prometheus-1", namespace, labels },
    spec: { containers: [], ...spec },
    ...(status && { status }),
  };
}

function containing(state: NonNullable<IContainerStatus["state"]>, more: Partial<IContainerStatus> = {}): IPod {
  return pod({ phase: "Pending", containerStatuses: [{ ...container, state, ...more }] });
}

function warning(reason: string, message: string, name = "prometheus-1"): IEvent {
  const metadata = { name: "event", namespace };
  return { apiVersion: "v1", kind: "Event", metadata, reason, message, involvedObject: { namespace, name } };
}

function problems(given: Partial<Running & Clues>, workloads = [workload()]) {
  const { warnings = [], storageClasses = [], nodes = [], ...running } = given;
  const rest = { workloads: [live(0)], pods: [], claims: [] };
  return workloadProblems("overlays/devbox", workloads, { ...rest, ...running }, { warnings, storageClasses, nodes });
}

function only(running: Partial<Running & Clues>): { subject: string; reason: string; cure: string } {
  const [problem, ...more] = problems(running);
  assert.ok(problem !== undefined && more.length === 0, JSON.stringify([problem, ...more]));
  return problem;
}

test("a workload whose pods are all ready and of the last form is no problem", () => {
  assert.deepEqual(problems({ workloads: [live(1)] }), []);
});

test("an overlay of which nothing runs is to be applied, said once", () => {
  const both = [workload(), workload("DaemonSet", "node-exporter")];
  const [problem, ...more] = problems({ workloads: [] }, both);
  assert.equal(more.length, 0);
  assert.equal(problem?.reason, "nothing of it runs in namespace monitoring");
  assert.equal(problem?.cure, "kubectl apply -k overlays/devbox");
});

test("a single workload that is not there is named", () => {
  const both = [workload(), workload("DaemonSet", "node-exporter")];
  const [problem, ...more] = problems({ workloads: [live(1)] }, both);
  assert.equal(more.length, 0);
  assert.equal(problem?.subject, "DaemonSet monitoring/node-exporter");
});

test("a rollout under way is not taken for done", () => {
  assert.match(only({ workloads: [live(1, { updatedReplicas: 0 })] }).cure, /rollout status deployment\/prometheus/);
  assert.match(only({ workloads: [live(1, {}, 2)] }).cure, /rollout status/);
});

test("a DaemonSet must be ready on as many nodes as it is wanted on", () => {
  const status = { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberReady: 1 };
  const daemonSet = { ...live(0, status), kind: "DaemonSet" };
  const [problem] = problems({ workloads: [daemonSet] }, [workload("DaemonSet")]);
  assert.match(problem?.reason ?? "", /^1 of 2 pods/);
});

test("an image that cannot be had is named", () => {
  const waiting = { reason: "ImagePullBackOff", message: "not found" };
  const { subject, reason } = only({ pods: [containing({ waiting })] });
  assert.equal(subject, "Deployment monitoring/prometheus, pod prometheus-1");
  assert.match(reason, /image prometheus:v1 cannot be had \(ImagePullBackOff\): not found/);
});

test("a container that crashes shows how it ended, and where its last words are", () => {
  const lastState = { terminated: { exitCode: 2, reason: "Error" } };
  const { reason, cure } = only({ pods: [containing({ waiting: { reason: "CrashLoopBackOff" } }, { lastState })] });
  assert.match(reason, /again and again with exit code 2 \(3 restarts\)/);
  assert.equal(cure, "kubectl -n monitoring logs prometheus-1 -c prometheus --previous");
});

test("a container that runs out of memory needs a higher limit", () => {
  const lastState = { terminated: { exitCode: 137, reason: "OOMKilled" } };
  const { cure } = only({ pods: [containing({ waiting: { reason: "CrashLoopBackOff" } }, { lastState })] });
  assert.match(cure, /limits\.memory of container prometheus/);
});

test("a Secret that is missing is named, with its namespace", () => {
  const waiting = { reason: "CreateContainerConfigError", message: 'secret "web" not found' };
  assert.equal(only({ pods: [containing({ waiting })] }).cure, "create the Secret web in namespace monitoring");
  const creating = containing({ waiting: { reason: "ContainerCreating" } });
  const warnings = [warning("FailedMount", 'MountVolume.SetUp failed for volume "web" : secret "web" not found')];
  assert.equal(only({ pods: [creating], warnings }).cure, "create the Secret web in namespace monitoring");
});

test("a container that is being created only needs time", () => {
  const { reason } = only({ pods: [containing({ waiting: { reason: "ContainerCreating" } })] });
  assert.match(reason, /being created/);
});

test("a pod that runs and is not ready points at its log", () => {
  assert.equal(only({ pods: [pod({ phase: "Running" })] }).cure, "kubectl -n monitoring logs prometheus-1");
});

function pending(message: string, claimName?: string): IPod {
  const volumes = claimName === undefined ? [] : [{ name: "data", persistentVolumeClaim: { claimName } }];
  const conditions = [{ type: "PodScheduled", status: "False", message }];
  return pod({ phase: "Pending", conditions }, { volumes });
}

function claim(storageClassName?: string): Running["claims"][number] {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "prometheus", namespace },
    spec: {
      ...(storageClassName !== undefined && { storageClassName }),
      resources: { requests: { storage: "50Gi" } },
    },
    status: { phase: "Pending" },
  };
}

function storageClass(name: string, isDefault = false): Clues["storageClasses"][number] {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    provisioner: "none",
    metadata: { name, annotations: { "storageclass.kubernetes.io/is-default-class": `${isDefault}` } },
  };
}

test("a pod for which no node has room asks for less", () => {
  const { reason, cure } = only({ pods: [pending("0/1 nodes are available: 1 Insufficient memory.")] });
  assert.match(reason, /Insufficient memory/);
  assert.match(cure, /lower resources\.requests/);
});

test("a port of the host that is taken is not taken for a taint", () => {
  const said = "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.";
  const { reason, cure } = only({ pods: [pending(`${said} preemption: 0/1 nodes are available: ${said}`)] });
  assert.equal(reason, `no node takes it: ${said}`);
  assert.match(cure, /another pod has the same port/);
});

test("a pod that no node may take points at selectors and taints", () => {
  assert.match(only({ pods: [pending("node(s) had untolerated taint")] }).cure, /tolerations/);
});

test("a storage class that does not exist is named, with those that do", () => {
  const pods = [pending("unbound", "prometheus")];
  const { reason, cure } = only({ pods, claims: [claim("fast")], storageClasses: [storageClass("standard")] });
  assert.match(reason, /PersistentVolumeClaim prometheus wants the storage class fast, which does not exist/);
  assert.match(cure, /\(standard\)/);
});

test("a claim without a class in a cluster without a default one says so", () => {
  const pods = [pending("unbound", "prometheus")];
  const { reason } = only({ pods, claims: [claim()], storageClasses: [storageClass("standard")] });
  assert.match(reason, /no storage class, and the cluster has no default one/);
});

test("a claim of a known class that is not bound lacks a volume", () => {
  const pods = [pending("unbound", "prometheus")];
  const given = { pods, claims: [claim()], storageClasses: [storageClass("standard", true)] };
  assert.match(only(given).cure, /provide a volume of 50Gi/);
});

test("a claim that is not there is named", () => {
  assert.match(
    only({ pods: [pending("not found", "prometheus")] }).reason,
    /PersistentVolumeClaim prometheus does not exist/,
  );
});

test("pods that admission refuses are no mystery", () => {
  const message = 'pods "prometheus-1" is forbidden: violates PodSecurity "restricted:latest": hostPath volumes';
  const conditions = [{ type: "ReplicaFailure", status: "True" as const, message }];
  assert.match(only({ workloads: [live(0, { conditions })] }).cure, /pod-security\.kubernetes\.io\/enforce/);
  const warnings = [warning("FailedCreate", "exceeded quota: small", "prometheus-5d8")];
  assert.match(only({ warnings }).cure, /raise the quota/);
});

test("of a pod that seems to run on a node which nobody hears of, the node is the reason", () => {
  const status = { phase: "Running" as const, conditions: [{ type: "Ready", status: "False" }] };
  const conditions = [{ type: "Ready", status: "Unknown", message: "Kubelet stopped posting node status." }];
  const found = only({
    workloads: [live(0)],
    pods: [pod(status, { nodeName: "lost" })],
    nodes: [{ apiVersion: "v1", kind: "Node", metadata: { name: "lost" }, status: { conditions } }],
  });
  assert.equal(found.reason, "nobody runs it: node lost is not Ready: Kubelet stopped posting node status.");
  assert.equal(found.cure, "first see why node lost is not ready: kubectl describe node lost");
});

test.run();
