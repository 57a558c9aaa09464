import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IStatefulSetSpec } from "kubernetes-models/apps/v1/StatefulSetSpec";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IPodDisruptionBudgetSpec } from "kubernetes-models/policy/v1/PodDisruptionBudgetSpec";
import { PriorityClass } from "kubernetes-models/scheduling.k8s.io/v1/PriorityClass";
import type { ITopologySpreadConstraint } from "kubernetes-models/v1/TopologySpreadConstraint";
import type { KubernetesObject } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { brokenReplica } from "../lib/reasons.js";
import type { Settings } from "../settings/index.js";
import { dataVolume, pod, type Shape } from "./pod.js";

/** What tells one StatefulSet of Prometheus from another. */
export interface Replicas extends Pick<Shape, "replica" | "reads" | "labels"> {
  readonly name: string;
  /** Labels of its objects. */
  readonly common: Readonly<Record<string, string>>;
  /** Which pods are its own. */
  readonly matchLabels: Readonly<Record<string, string>>;
  /** The Service that gives each pod a name. */
  readonly serviceName: string;
  readonly priorityClassName: string;
}

/** Several Prometheus that each scrape the same and keep their samples on a volume of their own, of which one may be away at a time. */
export function replicas(settings: Settings, set: Replicas): KubernetesObject[] {
  const { name, common, matchLabels, serviceName, priorityClassName, ...shape } = set;
  const metadata = { name, namespace: settings.namespace, labels: common };
  return [
    explained(StatefulSet, {
      metadata,
      spec: because<IStatefulSetSpec>(
        {
          replicas: settings.prometheus.replicas,
          serviceName,
          selector: { matchLabels },
          podManagementPolicy: "Parallel",
          updateStrategy: { type: "RollingUpdate" },
          minReadySeconds: 30,
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
          template: pod(settings, {
            ...shape,
            leaveSeconds: 5,
            placement: {
              priorityClassName,
              topologySpreadConstraints: [
                because(
                  spread("kubernetes.io/hostname", "DoNotSchedule", matchLabels),
                  "Two replicas on one node would go down together.",
                ),
                because(
                  spread("topology.kubernetes.io/zone", "ScheduleAnyway", matchLabels),
                  "Two in one zone are better than one.",
                ),
              ],
            },
          }),
          volumeClaimTemplates: [
            {
              apiVersion: "v1",
              kind: "PersistentVolumeClaim",
              metadata: { name: dataVolume },
              spec: {
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: settings.prometheus.volumeSize } },
              },
            },
          ],
        },
        {
          podManagementPolicy:
            "Replicas do not need each other: a broken first one must not keep the second from starting.",
          minReadySeconds: "The new replica has scraped everything twice before the next one gets a gap.",
          persistentVolumeClaimRetentionPolicy:
            "Samples are worth more than the disk, so volumes stay when the pods go.",
          volumeClaimTemplates:
            "The API server adds version and kind. Tools that compare for themselves would take that for a change.",
        },
      ),
    }),
    explained(PodDisruptionBudget, {
      metadata,
      spec: because<IPodDisruptionBudgetSpec>(
        { selector: { matchLabels }, maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" },
        { unhealthyPodEvictionPolicy: brokenReplica },
      ),
    }),
  ];
}

/** Who scrapes goes before what is scraped. What only reads samples has no class of its own. */
export function priorityClass(name: string, labels: Readonly<Record<string, string>>): KubernetesObject {
  return explained(
    PriorityClass,
    because(
      {
        // No class of Kubernetes: a name that others will not have.
        metadata: { name, labels },
        description: "Prometheus before what it watches: when room is short, seeing why comes first.",
        value: 1_000_000,
      },
      { value: "Above workloads without a class (0), below Kubernetes' own classes (two thousand million)." },
    ),
  );
}

function spread(
  topologyKey: string,
  whenUnsatisfiable: ITopologySpreadConstraint["whenUnsatisfiable"],
  matchLabels: Readonly<Record<string, string>>,
): ITopologySpreadConstraint {
  return { topologyKey, whenUnsatisfiable, maxSkew: 1, labelSelector: { matchLabels } };
}
