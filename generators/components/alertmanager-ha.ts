import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IPodDisruptionBudgetSpec } from "kubernetes-models/policy/v1/PodDisruptionBudgetSpec";
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import type { ITopologySpreadConstraint } from "kubernetes-models/v1/TopologySpreadConstraint";
import { dataVolume, alertmanagerName as name } from "../alertmanager/pod.js";
import type { Component } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { merging } from "../lib/patch.js";
import { brokenReplica } from "../lib/reasons.js";
import type { Settings } from "../settings/index.js";

/** Silences and the log of what was sent: a few megabytes. */
const volume: IPersistentVolumeClaim = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: dataVolume },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};

/** A cluster of three Alertmanagers that keep silences on volumes of their own. */
export function alertmanagerHa({ namespace }: Settings): Component {
  const metadata = { name, namespace };
  return {
    name: "alertmanager-ha",
    source: "generators/components/alertmanager-ha.ts",
    about: "Runs three Alertmanagers that tell each other what was sent, on volumes of their own.",
    objects: [
      explained(PodDisruptionBudget, {
        metadata: { ...metadata, labels: labels(name, "alerting") },
        spec: because<IPodDisruptionBudgetSpec>(
          {
            selector: { matchLabels: selector(name) },
            maxUnavailable: 1,
            unhealthyPodEvictionPolicy: "AlwaysAllow",
          },
          { unhealthyPodEvictionPolicy: brokenReplica },
        ),
      }),
    ],
    patches: [
      merging<IStatefulSet>("replicas", {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata,
        spec: because(
          {
            replicas: 3,
            persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Delete" },
            volumeClaimTemplates: [volume],
            template: {
              spec: because(
                {
                  topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map(spread),
                  volumes: [{ name: dataVolume, $patch: "delete" as const }],
                },
                {
                  topologySpreadConstraints: "Three replicas are wanted on two nodes too, so two may share a node.",
                  volumes: "The emptyDir of the base: each replica has a claim in its place.",
                },
              ),
            },
          },
          {
            replicas: "Three tell each other what was sent, and two of them go on while one is replaced.",
            persistentVolumeClaimRetentionPolicy: "A replica that is scaled away has nothing that the others have not.",
          },
        ),
      }),
    ],
  };
}

function spread(topologyKey: string): ITopologySpreadConstraint {
  return {
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    maxSkew: 1,
    labelSelector: { matchLabels: selector(name) },
  };
}
