import { stringify } from "yaml";
import { pauseReference } from "../cluster/images.js";

/** The namespace of {@link samples}. */
export const samplesNamespace = "plain-prometheus-proof";

/**
 * An object of each kind that kube-state-metrics can tell of, so that what it no longer tells is seen on any cluster.
 * None of them runs a pod.
 */
export function samples(): string {
  const name = "sample";
  const metadata = { name, namespace: samplesNamespace };
  const matchLabels = { sample: "nothing" };
  const template = {
    metadata: { labels: matchLabels },
    spec: {
      restartPolicy: "Always",
      containers: [{ name, image: pauseReference }],
      // A DaemonSet has no number of replicas to set to none.
      nodeSelector: { sample: "nowhere" },
    },
  };
  const job = { suspend: true, template: { spec: { ...template.spec, restartPolicy: "Never" } } };
  const selector = { matchLabels };
  const storage = { accessModes: ["ReadWriteOnce"], storageClassName: "" };
  const objects = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: samplesNamespace } },
    { apiVersion: "apps/v1", kind: "DaemonSet", metadata, spec: { selector, template } },
    { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas: 0, selector, template } },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: { replicas: 0, serviceName: name, selector, template },
    },
    { apiVersion: "batch/v1", kind: "Job", metadata, spec: job },
    {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata,
      spec: { schedule: "0 0 1 1 *", suspend: true, jobTemplate: { spec: job } },
    },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: {
        maxReplicas: 1,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } },
        ],
      },
    },
    { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata, spec: { maxUnavailable: 1, selector } },
    { apiVersion: "v1", kind: "ResourceQuota", metadata, spec: { hard: { pods: "10" } } },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: matchLabels, ports: [{ port: 80 }] } },
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata,
      spec: { ...storage, resources: { requests: { storage: "1Gi" } } },
    },
  ];
  return objects.map((object) => stringify(object)).join("---\n");
}
