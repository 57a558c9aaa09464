import { $ } from "zx";
import { images, reference } from "../../../generators/versions.js";
import { pauseReference } from "../../../scripts/lib/cluster/images.js";
import { applyObjects, type Kubectl } from "../../../scripts/lib/kubectl.js";
import { eventually } from "./eventually.js";

const name = "runbooks";

/**
 * Runs `work` while the cluster has an object of each kind that a runbook speaks of: its commands have something to find,
 * and one that changes something changes nothing of anybody else's.
 *
 * @param work - gets what stands for each placeholder.
 */
export async function withExamples<T>(
  kubectl: Kubectl,
  work: (values: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const objects = [...(await clusterWide()), ...workloads("1"), ...others()];
  try {
    await applyObjects(kubectl, objects);
    await settled(kubectl);
    // A rollout that can be undone is a second one.
    await applyObjects(kubectl, workloads("2"));
    await settled(kubectl);
    await eventually("an example to have crashed twice, and its claim to be bound", async () => {
      const restarts = await inside(kubectl, ["pods", "-l=app=crashing", "-o=jsonpath={..restartCount}"]);
      return Number(restarts) > 0 && (await inside(kubectl, ["pvc", name, "-o=jsonpath={.status.phase}"])) === "Bound";
    });
    return await work({
      namespace: name,
      pod: await inside(kubectl, ["pods", "-l=app=crashing", "-o=jsonpath={.items[0].metadata.name}"]),
      container: "example",
      selector: "app=deployment",
      ordinal: "0",
      name: "v1.apps",
      job_name: name,
      "new-name": "again",
      replicas: "2",
      size: "2Mi",
      ...Object.fromEntries(kinds.map((kind) => [kind, name])),
    });
  } finally {
    await kubectl.text(["delete", "-f", "-", "--ignore-not-found"], {
      input: JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
    });
  }
}

/** Placeholders that the name of an object stands for. */
const kinds = [
  "deployment",
  "statefulset",
  "daemonset",
  "cronjob",
  "horizontalpodautoscaler",
  "poddisruptionbudget",
  "resourcequota",
  "persistentvolume",
  "persistentvolumeclaim",
  "csr",
];

async function settled(kubectl: Kubectl): Promise<void> {
  for (const kind of ["deployment", "statefulset", "daemonset"]) {
    await kubectl.text(["rollout", "status", `${kind}/${name}`, `--namespace=${name}`, "--timeout=120s"]);
  }
}

function inside(kubectl: Kubectl, args: readonly string[]): Promise<string> {
  return kubectl.text(["get", `--namespace=${name}`, ...args]);
}

function podSpec(container: object) {
  return { terminationGracePeriodSeconds: 0, containers: [{ name: "example", ...container }] };
}

/** Ends at once, as it does not know the argument, and says so. */
const crashing = podSpec({ image: reference(images.kubeStateMetrics), args: ["--nonsense"] });

function workloads(revision: string): readonly object[] {
  const workload = (kind: string, app: string, spec: object, more: object = {}) => ({
    apiVersion: "apps/v1",
    kind,
    metadata: { name: app === "crashing" ? app : name, namespace: name },
    spec: {
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app }, annotations: { revision } }, spec },
      ...more,
    },
  });
  const pause = podSpec({ image: pauseReference });
  return [
    workload("Deployment", "deployment", pause),
    workload("StatefulSet", "stateful-set", pause, { serviceName: name }),
    workload("DaemonSet", "daemon-set", pause),
    workload("Deployment", "crashing", crashing),
  ];
}

function others(): readonly object[] {
  const metadata = { name, namespace: name };
  const job = { backoffLimit: 0, template: { spec: { ...crashing, restartPolicy: "Never" } } };
  const claim = { accessModes: ["ReadWriteOnce"], storageClassName: name };
  return [
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
      spec: { maxReplicas: 1, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name } },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: "deployment" } } },
    },
    { apiVersion: "v1", kind: "ResourceQuota", metadata, spec: { hard: { pods: "50" } } },
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata,
      spec: { ...claim, volumeName: name, resources: { requests: { storage: "1Mi" } } },
    },
  ];
}

/** What has no namespace, the namespace first. */
async function clusterWide(): Promise<readonly object[]> {
  const request = await $({
    quiet: true,
  })`openssl req -new -newkey ed25519 -nodes -keyout /dev/null -subj ${`/CN=${name}`}`;
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name } },
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name },
      provisioner: "kubernetes.io/no-provisioner",
      allowVolumeExpansion: true,
    },
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: name,
        capacity: { storage: "1Mi" },
        hostPath: { path: "/var/lib/volumes" },
        claimRef: { namespace: name, name },
      },
    },
    {
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { name },
      spec: {
        request: Buffer.from(request.stdout).toString("base64"),
        signerName: "kubernetes.io/kube-apiserver-client",
        usages: ["client auth"],
      },
    },
  ];
}
