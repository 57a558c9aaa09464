import { images, reference } from "../../../generators/versions.js";
import { startDaemon, stopDaemon } from "../../../scripts/lib/cluster/daemons.js";
import { pauseReference } from "../../../scripts/lib/cluster/images.js";
import type { Cluster } from "../../../scripts/lib/cluster/index.js";
import { runInside } from "../../../scripts/lib/cluster/node.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { applyObjects, type Kubectl } from "../../../scripts/lib/kubectl.js";
import { volumePath } from "../faults/volume.js";

/** Namespace of what a drill breaks that is not the bundle's own. */
export const namespace = "drill";

/** A namespace whose alerts are silenced, so that they notify nobody. */
export const silencedNamespace = "drill-silenced";

/** Something that is broken on purpose, and what must be told of it. */
export interface Scenario {
  /** What is broken, in a few words. */
  readonly what: string;
  readonly alert: string;
  readonly severity: "critical" | "warning";
  /** Labels of the alert, beside its name and severity. */
  readonly labels: Readonly<Record<string, string>>;
  break(): Promise<void>;
  mend(): Promise<void>;
}

const claim = "data";

/** Every scenario of a drill. `home` is the bundle's namespace. */
export function scenarios({ kubectl, nodes, daemons }: Cluster, home: string): readonly Scenario[] {
  const inHome = ["--namespace", home];
  const patch = (object: string, change: object) =>
    kubectl.text(["patch", object, ...inHome, "--type=merge", "--patch", JSON.stringify(change)]);
  const nodeSelector = (value: string | null) =>
    patch("daemonset/node-exporter", { spec: { template: { spec: { nodeSelector: { drill: value } } } } });
  const scrapeFile = (text: string | null) => patch("configmap/prometheus-scrape", { data: { "drill.yml": text } });
  const scheduler = () => {
    const daemon = daemons.find(({ name }) => name === "kube-scheduler");
    if (daemon === undefined) throw new Failure("the embedded cluster has no kube-scheduler");
    return daemon;
  };
  const onNode = async (script: string) => {
    const [node] = nodes;
    if (node !== undefined)
      await runInside(node, ["sh", "-c", script, "sh", `${await volumePath(kubectl, namespace, claim)}/ballast`]);
  };
  return [
    {
      what: "node-exporter stopped",
      alert: "NodeExporterDown",
      severity: "warning",
      labels: { job: "node-exporter", node: nodes[0]?.name ?? "" },
      break: async () => void (await nodeSelector("nowhere")),
      mend: async () => void (await nodeSelector(null)),
    },
    {
      what: "a volume filled up",
      alert: "KubePersistentVolumeFillingUp",
      severity: "critical",
      labels: { namespace, persistentvolumeclaim: claim },
      // It ends when no byte more has room, and that is no error here.
      break: () => onNode('dd if=/dev/zero of="$1" bs=1M 2>/dev/null || true'),
      mend: () => onNode('rm "$1"'),
    },
    crashLoop(kubectl, namespace),
    {
      what: "a scrape file that Prometheus cannot load",
      alert: "PrometheusBadConfig",
      severity: "critical",
      labels: { job: "prometheus" },
      break: async () => void (await scrapeFile("scrape_configs: [{job_name: drill, no_such_field: 1}]\n")),
      mend: async () => void (await scrapeFile(null)),
    },
    // The last, since the pods of the others need a node first.
    {
      what: "the scheduler stopped",
      alert: "KubeSchedulerDown",
      severity: "critical",
      labels: { job: "kube-scheduler" },
      break: () => stopDaemon(scheduler()),
      mend: () => startDaemon(scheduler()),
    },
  ];
}

/** A pod that ends again and again. */
export function crashLoop(kubectl: Kubectl, where: string): Scenario {
  const pod = "crashes";
  return {
    what: "a container that crashes again and again",
    alert: "KubePodCrashLooping",
    severity: "warning",
    labels: { namespace: where, pod, container: pod },
    async break() {
      const spec = {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: pod, image: reference(images.prometheus), command: ["/bin/promtool", "check", "config", "/nowhere"] },
        ],
      };
      await applyObjects(kubectl, [{ apiVersion: "v1", kind: "Pod", metadata: { name: pod, namespace: where }, spec }]);
      await kubectl.text([
        "wait",
        "--for=condition=PodScheduled",
        `pod/${pod}`,
        `--namespace=${where}`,
        "--timeout=60s",
      ]);
    },
    async mend() {
      await kubectl.text(["delete", "pod", pod, `--namespace=${where}`, "--ignore-not-found"]);
    },
  };
}

/** Makes what the scenarios are about: their namespaces, and a small volume that a pod uses. */
export async function prepare(kubectl: Kubectl): Promise<void> {
  for (const name of [namespace, silencedNamespace]) {
    await applyObjects(kubectl, [{ apiVersion: "v1", kind: "Namespace", metadata: { name } }]);
    // Without it no pod is admitted.
    await kubectl.text(["wait", "--for=create", "serviceaccount/default", `--namespace=${name}`, "--timeout=60s"]);
  }
  await applyObjects(kubectl, [
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: claim, namespace },
      // Smaller than the smallest volume, which is a file system that is as small as it says.
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "100Mi" } } },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "uses-volume", namespace },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [{ name: "pause", image: pauseReference, volumeMounts: [{ name: "data", mountPath: "/data" }] }],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
      },
    },
  ]);
}

/** Removes what {@link prepare} made, and lets others have the volume. */
export async function clear(kubectl: Kubectl): Promise<void> {
  const { items } = await kubectl.json<{
    items: { metadata: { name: string }; spec: { claimRef?: { namespace: string } } }[];
  }>(["get", "persistentvolumes"]);
  await kubectl.text(["delete", "namespace", namespace, silencedNamespace, "--ignore-not-found", "--timeout=180s"]);
  for (const { metadata } of items.filter((item) => item.spec.claimRef?.namespace === namespace)) {
    const free = JSON.stringify({ spec: { claimRef: null } });
    await kubectl.text(["patch", "persistentvolume", metadata.name, "--type=merge", "--patch", free]);
  }
}
