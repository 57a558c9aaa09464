import type { ICondition } from "@kubernetes-models/apimachinery/apis/meta/v1/Condition";
import type { IStorageClass } from "kubernetes-models/storage.k8s.io/v1/StorageClass";
import type { IContainerStatus } from "kubernetes-models/v1/ContainerStatus";
import type { IEvent } from "kubernetes-models/v1/Event";
import type { INode } from "kubernetes-models/v1/Node";
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import type { IPod } from "kubernetes-models/v1/Pod";
import { selects } from "../rendered/label-selector.js";
import type { Workload } from "../rendered/workloads.js";
import { nodeTrouble } from "./node-trouble.js";
import type { Problem } from "./report.js";

/** A Deployment, StatefulSet or DaemonSet, as far as its status is read. */
export interface LiveWorkload {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name?: string; readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberReady?: number;
    readonly conditions?: readonly Pick<ICondition, "type" | "status" | "message">[];
  };
}

/** What runs in the namespaces of the overlay. */
export interface Running {
  readonly workloads: readonly LiveWorkload[];
  readonly pods: readonly IPod[];
  readonly claims: readonly IPersistentVolumeClaim[];
}

/** What explains why something does not run. */
export interface Clues {
  /** Events of type Warning, the newest last. */
  readonly warnings: readonly IEvent[];
  readonly storageClasses: readonly IStorageClass[];
  readonly nodes: readonly INode[];
}

/** Whether the pod answers: its readiness probe succeeds, and it is not on its way out. */
export function isReady({ metadata, status }: IPod): boolean {
  return metadata?.deletionTimestamp === undefined && conditionOf(status?.conditions, "Ready")?.status === "True";
}

/** Pods of a workload. */
export function podsOf({ selector = {}, namespace }: Pick<Workload, "selector" | "namespace">, pods: readonly IPod[]) {
  return pods.filter(({ metadata }) => metadata?.namespace === namespace && selects(selector, metadata?.labels ?? {}));
}

/** What keeps the workloads of an overlay from running as they should, with the reason as deep down as it can be seen. */
export function workloadProblems(
  overlay: string,
  workloads: readonly Workload[],
  running: Running,
  clues: Clues = { warnings: [], storageClasses: [], nodes: [] },
): Problem[] {
  const live = new Map(
    running.workloads.map((object) => [`${object.kind} ${object.metadata.namespace}/${object.metadata.name}`, object]),
  );
  if (workloads.every(({ object }) => !live.has(object))) {
    const namespaces = [...new Set(workloads.map(({ namespace }) => namespace))].join(", ");
    return [
      {
        kind: "not ready",
        subject: overlay,
        reason: `nothing of it runs in namespace ${namespaces}`,
        cure: `kubectl apply -k ${overlay}`,
      },
    ];
  }
  return workloads.flatMap((workload): Problem[] => {
    const found = live.get(workload.object);
    if (found === undefined) {
      const reason = "it is not in the cluster";
      return [{ kind: "not ready", subject: workload.object, reason, cure: `kubectl apply -k ${overlay}` }];
    }
    return unready(workload, found, { ...running, ...clues });
  });
}

function unready(
  workload: Workload,
  { metadata, spec, status = {} }: LiveWorkload,
  running: Running & Clues,
): Problem[] {
  const isDaemonSet = workload.kind === "DaemonSet";
  const wanted = isDaemonSet ? (status.desiredNumberScheduled ?? 0) : (spec?.replicas ?? 1);
  const ready = (isDaemonSet ? status.numberReady : status.readyReplicas) ?? 0;
  const updated = (isDaemonSet ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0;
  const isObserved = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  if (isObserved && ready >= wanted && updated >= wanted) return [];
  const subject = workload.object;
  const troubled = podsOf(workload, running.pods).filter(
    (pod) => !isReady(pod) && pod.metadata?.deletionTimestamp === undefined,
  );
  if (troubled.length > 0) {
    return troubled.map((pod) => {
      const { reason, cure } = podTrouble(pod, running);
      return { kind: "not ready", subject: `${subject}, pod ${pod.metadata?.name}`, reason, cure };
    });
  }
  const refused = refusal(workload, status.conditions, running.warnings);
  if (refused !== undefined && ready < wanted) return [{ kind: "not ready", subject, ...refused }];
  return [
    {
      kind: "not ready",
      subject,
      reason: `${Math.min(ready, updated)} of ${wanted} pods run in the form that the cluster was told last`,
      cure: `wait for the rollout: kubectl -n ${workload.namespace} rollout status ${subject.split(" ")[0]?.toLowerCase()}/${metadata.name}`,
    },
  ];
}

interface Trouble {
  readonly reason: string;
  readonly cure: string;
}

/** Why no pod could be made at all, as the controller was told by admission. */
function refusal(
  { object, namespace }: Workload,
  conditions: NonNullable<LiveWorkload["status"]>["conditions"],
  warnings: readonly IEvent[],
): Trouble | undefined {
  const name = object.slice(object.indexOf("/") + 1);
  const event = warnings.findLast(
    ({ reason, involvedObject }) =>
      reason === "FailedCreate" &&
      involvedObject.namespace === namespace &&
      (involvedObject.name === name || involvedObject.name?.startsWith(`${name}-`)),
  );
  const message = conditionOf(conditions, "ReplicaFailure")?.message ?? event?.message;
  if (message === undefined) return undefined;
  const cures: readonly [RegExp, string][] = [
    [
      /violates PodSecurity/,
      `label the namespace as the overlay does, pod-security.kubernetes.io/enforce: kubectl get namespace ${namespace} --show-labels`,
    ],
    [/exceeded quota/, `raise the quota or lower the requests: kubectl -n ${namespace} get resourcequotas`],
    [/serviceaccount .* not found/, "apply the whole overlay, which has the ServiceAccount"],
  ];
  const cure = cures.find(([pattern]) => pattern.test(message))?.[1];
  return { reason: `its pods are refused: ${message}`, cure: cure ?? "satisfy what refuses them, then apply again" };
}

function podTrouble(pod: IPod, running: Running & Clues): Trouble {
  const namespace = pod.metadata?.namespace ?? "";
  const name = pod.metadata?.name ?? "";
  const node = running.nodes.find(({ metadata }) => metadata?.name === pod.spec?.nodeName);
  const away = node && nodeTrouble(node);
  if (away !== undefined) {
    const cure = `first see why node ${node?.metadata?.name} is not ready: ${away.command}`;
    return { reason: `nobody runs it: ${away.reason}`, cure };
  }
  const unscheduled = conditionOf(pod.status?.conditions, "PodScheduled");
  if (unscheduled?.status === "False") return unschedulable(pod, unscheduled.message ?? "no node takes it", running);
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const waiting = statuses.find(({ state }) => state?.waiting && state.waiting.reason !== "PodInitializing");
  if (waiting !== undefined && waiting.state?.waiting?.reason !== "ContainerCreating") return waits(waiting, pod);
  const failed = statuses.find(({ state }) => state?.terminated && state.terminated.exitCode !== 0);
  if (failed !== undefined) return crashes(failed, pod);
  if (pod.status?.phase === "Running") {
    return {
      reason: "it runs and is not ready: its readiness probe does not succeed (yet)",
      cure: `kubectl -n ${namespace} logs ${name}`,
    };
  }
  const warning = running.warnings.findLast(
    ({ involvedObject }) => involvedObject.namespace === namespace && involvedObject.name === name,
  );
  if (warning?.message === undefined) {
    return {
      reason: "its containers are being created",
      cure: `wait, or see kubectl -n ${namespace} describe pod ${name}`,
    };
  }
  return {
    reason: `its containers cannot be created: ${warning.message}`,
    cure: absentCure(warning.message, namespace) ?? `kubectl -n ${namespace} describe pod ${name} tells more`,
  };
}

/** What helps where a ConfigMap or a Secret is missing; undefined where it is something else. */
function absentCure(message: string, namespace: string | undefined): string | undefined {
  const [, kind, name] = /(configmap|secret) "([^"]+)" not found/i.exec(message) ?? [];
  if (kind === undefined) return undefined;
  return `create the ${kind.toLowerCase() === "secret" ? "Secret" : "ConfigMap"} ${name} in namespace ${namespace}`;
}

function waits({ name, image, state, ...status }: IContainerStatus, pod: IPod): Trouble {
  const { reason = "", message = "" } = state?.waiting ?? {};
  const namespace = pod.metadata?.namespace;
  const details = message === "" ? "" : `: ${message}`;
  if (/^(ErrImage|ImagePull|InvalidImage|ImageInspect|ErrImageNeverPull|RegistryUnavailable)/.test(reason)) {
    return {
      reason: `image ${image} cannot be had (${reason})${details}`,
      cure: "correct its name, see that the node reaches the registry and may read there (imagePullSecrets), or import it into the node",
    };
  }
  if (reason === "CrashLoopBackOff") return crashes({ name, image, state: status.lastState ?? {}, ...status }, pod);
  if (reason === "CreateContainerConfigError") {
    return {
      reason: `container ${name} lacks what its environment needs${details}`,
      cure: absentCure(message, namespace) ?? `correct the env of container ${name}`,
    };
  }
  return {
    reason: `container ${name} does not start (${reason})${details}`,
    cure: `kubectl -n ${namespace} describe pod ${pod.metadata?.name} tells more`,
  };
}

function crashes({ name, state, restartCount }: IContainerStatus, pod: IPod): Trouble {
  const { exitCode, reason, message } = state?.terminated ?? {};
  const where = `-n ${pod.metadata?.namespace}`;
  const count = `${restartCount} ${restartCount === 1 ? "restart" : "restarts"}`;
  if (reason === "OOMKilled") {
    return {
      reason: `container ${name} needs more memory than its limit (OOMKilled, ${count})`,
      cure: `raise resources.limits.memory of container ${name} in the overlay`,
    };
  }
  const ended = exitCode === undefined ? "" : ` with exit code ${exitCode}`;
  return {
    reason: `container ${name} ends again and again${ended} (${count})${message ? `: ${message.trim()}` : ""}`,
    cure: `kubectl ${where} logs ${pod.metadata?.name} -c ${name} --previous`,
  };
}

const defaultClass = "storageclass.kubernetes.io/is-default-class";

function unschedulable(pod: IPod, message: string, { claims, storageClasses, warnings }: Running & Clues): Trouble {
  const names = (pod.spec?.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
  const namespace = pod.metadata?.namespace;
  const inNamespace = claims.filter(({ metadata }) => metadata?.namespace === namespace);
  const lost = names.find((name) => !inNamespace.some(({ metadata }) => metadata?.name === name));
  if (lost !== undefined) {
    return {
      reason: `its PersistentVolumeClaim ${lost} does not exist`,
      cure: "apply the whole overlay, which has the claim",
    };
  }
  const unbound = inNamespace.find(
    ({ metadata, status }) => names.includes(metadata?.name ?? "") && status?.phase !== "Bound",
  );
  if (unbound === undefined) {
    // What the scheduler says of preemption repeats this in other words.
    return { reason: `no node takes it: ${message.replace(/ preemption: .*$/s, "")}`, cure: roomCure(message) };
  }
  const claim = `PersistentVolumeClaim ${unbound.metadata?.name}`;
  const known = storageClasses.map(({ metadata }) => metadata?.name).join(", ") || "none";
  const wanted = unbound.spec?.storageClassName;
  if (wanted !== undefined && wanted !== "" && !storageClasses.some(({ metadata }) => metadata?.name === wanted)) {
    return {
      reason: `${claim} wants the storage class ${wanted}, which does not exist`,
      cure: `set storageClassName to one that the cluster has (${known}); a claim cannot be changed: delete it first`,
    };
  }
  if (
    wanted === undefined &&
    !storageClasses.some(({ metadata }) => metadata?.annotations?.[defaultClass] === "true")
  ) {
    return {
      reason: `${claim} names no storage class, and the cluster has no default one`,
      cure: `set storageClassName of the claim in the overlay to one of the cluster's (${known}), or mark one as default: ${defaultClass}: "true"`,
    };
  }
  const warning = warnings.findLast(({ involvedObject }) => involvedObject.name === unbound.metadata?.name);
  return {
    reason: `${claim} is not bound: ${warning?.message ?? message}`,
    cure: `provide a volume of ${unbound.spec?.resources?.requests?.storage} for storage class ${wanted ?? "default"}: kubectl get pv; kubectl -n ${namespace} describe pvc ${unbound.metadata?.name}`,
  };
}

function roomCure(message: string): string {
  if (/Insufficient (cpu|memory)/.test(message)) return "lower resources.requests in the overlay, or add a node";
  if (/free ports/.test(message)) {
    return "another pod has the same port of the host, most likely the same program of another installation: remove one of the two";
  }
  return "let nodeSelector, tolerations and affinity fit the nodes: kubectl get nodes --show-labels";
}

function conditionOf<C extends { readonly type: string }>(conditions: readonly C[] | undefined, type: string) {
  return conditions?.find((condition) => condition.type === type);
}
