import { nodeAgents } from "../../../generators/components/agent-on-nodes.js";
import { kubeletPort } from "../../../generators/lib/kubelet-port.js";
import { annotated } from "../../../generators/prometheus/scrape/applications.js";
import { images, reference } from "../../../generators/versions.js";
import { pauseReference } from "../../../scripts/lib/cluster/images.js";
import { ofKind, type Rendered } from "../../../scripts/lib/rendered/objects.js";
import { projectSettings } from "../../../scripts/lib/settings.js";
import { proofLabel } from "./copy.js";

/** The namespace of {@link samples}. */
export const samplesNamespace = "plain-prometheus-proof";

/**
 * What a proof needs in the cluster beside the copies, so that what one of them no longer has is seen on any cluster.
 *
 * @param node - address of a node
 */
export function samples(rendered: Rendered, node: string): readonly object[] {
  const { text, objects } = rendered;
  const asks = annotated(projectSettings()).jobs.some(({ config }) => text.includes(`job_name: ${config.job_name}`));
  const isApart = ofKind(objects, "apps/v1/DaemonSet").some(({ metadata }) => metadata.name === nodeAgents);
  return [...ofEveryKind(), ...(asks ? annotatedPods() : []), ...(isApart ? [nodeOfWindows(node)] : [])];
}

/** What agents on nodes leave to the central one: a node as of Windows, at which a real kubelet answers. */
function nodeOfWindows(address: string): object {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "proof-windows", labels: { ...proofLabel, "kubernetes.io/os": "windows" } },
    spec: { unschedulable: true },
    status: {
      addresses: [{ type: "InternalIP", address }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    },
  };
}

/** A pod that asks to be scraped, and one whose Service does. */
function annotatedPods(): object[] {
  const annotations = {
    "prometheus.io/scrape": "true",
    "prometheus.io/port": `${projectSettings().nodeExporter.port}`,
  };
  const pod = (name: string, own: object) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: samplesNamespace, labels: { sample: name }, ...own },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: "exporter", image: reference(images.nodeExporter), args: ["--collector.disable-defaults"] }],
    },
  });
  const name = "behind-a-service";
  return [
    pod("asks", { annotations }),
    pod(name, {}),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: samplesNamespace, annotations },
      spec: { selector: { sample: name }, ports: [{ port: projectSettings().nodeExporter.port }] },
    },
  ];
}

/** An object of each kind that kube-state-metrics can tell of. None of them runs a pod. */
function ofEveryKind(): object[] {
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
  return [
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
}
