import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IStatefulSetSpec } from "kubernetes-models/apps/v1/StatefulSetSpec";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IPodDisruptionBudgetSpec } from "kubernetes-models/policy/v1/PodDisruptionBudgetSpec";
import { PriorityClass } from "kubernetes-models/scheduling.k8s.io/v1/PriorityClass";
import { type IService, Service } from "kubernetes-models/v1/Service";
import type { IServiceSpec } from "kubernetes-models/v1/ServiceSpec";
import type { ITopologySpreadConstraint } from "kubernetes-models/v1/TopologySpreadConstraint";
import type { Component } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { merging, noDeployment } from "../lib/patch.js";
import { brokenReplica } from "../lib/reasons.js";
import { dataVolume, pod, port } from "../prometheus/pod.js";
import type { Settings } from "../settings/index.js";

const name = "prometheus";
const governing = "prometheus-replicas";
/** No class of Kubernetes: a name that others will not have. */
const priorityClass = "plain-prometheus";

/**
 * Several replicas of Prometheus that each scrape everything and keep their samples on a volume of their own: a
 * StatefulSet in place of the Deployment.
 */
export function prometheusHa(settings: Settings): Component {
  const { namespace } = settings;
  const { replicas, volumeSize } = settings.prometheus;
  const common = labels(name, "server");
  const metadata = { name, namespace, labels: common };
  return {
    name: "prometheus-ha",
    source: "generators/components/prometheus-ha.ts",
    about: "Runs several replicas of Prometheus on volumes of their own, in place of one pod.",
    objects: [
      explained(
        PriorityClass,
        because(
          {
            metadata: { name: priorityClass, labels: common },
            description: "Prometheus before what it watches: when room is short, seeing why comes first.",
            value: 1_000_000,
          },
          { value: "Above workloads without a class (0), below Kubernetes' own classes (two thousand million)." },
        ),
      ),
      explained(StatefulSet, {
        metadata,
        spec: because<IStatefulSetSpec>(
          {
            replicas,
            serviceName: governing,
            selector: { matchLabels: selector(name) },
            podManagementPolicy: "Parallel",
            updateStrategy: { type: "RollingUpdate" },
            minReadySeconds: 30,
            persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
            template: pod(settings, {
              replica: { valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
              leaveSeconds: 5,
              placement: {
                priorityClassName: priorityClass,
                topologySpreadConstraints: [
                  because(
                    spread("kubernetes.io/hostname", "DoNotSchedule"),
                    "Two replicas on one node would go down together.",
                  ),
                  because(
                    spread("topology.kubernetes.io/zone", "ScheduleAnyway"),
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
                spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: volumeSize } } },
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
      explained(Service, {
        metadata: { ...metadata, name: governing },
        spec: because<IServiceSpec>(
          {
            clusterIP: "None",
            selector: selector(name),
            ports: [{ name: port.name, port: port.number, targetPort: port.name }],
          },
          {
            clusterIP:
              "It gives each replica a name. Queries go through the Service prometheus, which leaves out a replica that is not ready.",
          },
        ),
      }),
      explained(PodDisruptionBudget, {
        metadata,
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
      noDeployment(name, namespace),
      merging<IService>("one-replica-per-client", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace },
        spec: because(
          { sessionAffinity: "ClientIP" as const },
          {
            sessionAffinity:
              "Replicas scrape at different times. A graph that is drawn twice must not jump between the two.",
          },
        ),
      }),
    ],
  };
}

function spread(
  topologyKey: string,
  whenUnsatisfiable: ITopologySpreadConstraint["whenUnsatisfiable"],
): ITopologySpreadConstraint {
  return { topologyKey, whenUnsatisfiable, maxSkew: 1, labelSelector: { matchLabels: selector("prometheus") } };
}
