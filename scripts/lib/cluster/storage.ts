import type { Kubectl } from "../kubectl.js";
import type { Node } from "./layout.js";
import { runInside } from "./node.js";

/** Where a node's volumes are, inside the node. */
const folder = "/var/lib/volumes";

/** A claim gets the smallest volume that is large enough. */
const volumes = [
  // These really fill up.
  { name: "small-1", capacity: "128Mi", tmpfs: true },
  { name: "small-2", capacity: "128Mi", tmpfs: true },
  // Plain folders: their capacity is what they say, and not what the disk has.
  { name: "large-1", capacity: "64Gi", tmpfs: false },
  { name: "large-2", capacity: "64Gi", tmpfs: false },
  { name: "large-3", capacity: "64Gi", tmpfs: false },
  { name: "large-4", capacity: "64Gi", tmpfs: false },
] as const;

/** Makes the folders of a node's volumes, inside the node. */
export async function makeVolumes(node: Node): Promise<void> {
  for (const { name, tmpfs } of volumes) {
    await runInside(node, ["mkdir", "-p", `${folder}/${name}`]);
    if (tmpfs)
      await runInside(node, ["mount", "-t", "tmpfs", "-o", "size=128m,mode=777", "tmpfs", `${folder}/${name}`]);
  }
}

/**
 * Gives the cluster a default StorageClass `standard` and the volumes of its nodes.
 * Source: https://kubernetes.io/docs/concepts/storage/volumes/#local
 */
export async function applyStorage(kubectl: Kubectl, nodes: readonly Node[]): Promise<void> {
  const storageClass = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "WaitForFirstConsumer",
  };
  const items = [storageClass, ...nodes.flatMap(persistentVolumes)];
  await kubectl.text(["apply", "-f", "-"], { input: JSON.stringify({ apiVersion: "v1", kind: "List", items }) });
}

function persistentVolumes(node: Node): object[] {
  return volumes.map(({ name, capacity }) => ({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `${node.name}-${name}` },
    spec: {
      capacity: { storage: capacity },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: "standard",
      local: { path: `${folder}/${name}` },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node.name] }] },
          ],
        },
      },
    },
  }));
}
