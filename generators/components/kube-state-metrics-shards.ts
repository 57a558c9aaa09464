import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IStatefulSetSpec } from "kubernetes-models/apps/v1/StatefulSetSpec";
import { pod } from "../kube-state-metrics/index.js";
import type { Component } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { noDeployment } from "../lib/patch.js";
import type { Settings } from "../settings/index.js";

const name = "kube-state-metrics";

/**
 * Several kube-state-metrics, each of which reports its share of the objects: a StatefulSet in place of the Deployment. Each
 * object is with one of them, so that rules and dashboards stay as they are.
 */
export function kubeStateMetricsShards(settings: Settings): Component {
  const { namespace, sharding } = settings;
  const metadata = { name, namespace, labels: labels(name, "exporter") };
  return {
    name: "kube-state-metrics-shards",
    source: "generators/components/kube-state-metrics-shards.ts",
    about: "Runs several kube-state-metrics that share the objects among them, in place of one.",
    // It changes the arguments of the Deployment, which is gone, and of this StatefulSet.
    before: ["lean"],
    objects: [
      explained(StatefulSet, {
        metadata,
        spec: because<IStatefulSetSpec>(
          {
            replicas: sharding.kubeStateMetrics,
            serviceName: name,
            podManagementPolicy: "Parallel",
            selector: { matchLabels: selector(name) },
            template: pod(settings, {
              shard: { valueFrom: { fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" } } },
              all: sharding.kubeStateMetrics,
            }),
          },
          {
            replicas:
              "As many as TOTAL_SHARDS says: with fewer, the objects of those that are missing are reported by nobody.",
            podManagementPolicy: "Shards do not need each other.",
            template:
              "Kubernetes gives each pod its number as a label, so that it needs no permission to ask for its StatefulSet.",
          },
        ),
      }),
    ],
    patches: [noDeployment(name, namespace)],
  };
}
