import { applyObjects, type Kubectl } from "../kubectl.js";
import type { Node } from "./layout.js";
import { runInside } from "./node.js";

/** Where a node's volumes are, inside the node. */
const folder = "/var/lib/volumes";

interface Volume {
  readonly name: string;
  readonly capacity: string;
  /** Whether it really fills up at its capacity; a plain folder has what the disk has. */
  readonly tmpfs: boolean;
}

/**
 * A claim gets the smallest volume that is large enough. Nobody wipes one that was given back, so there are enough for
 * several installations one after the other.
 */
const volumes: readonly Volume[] = [
  ...several("small", 2, { capacity: "128Mi", tmpfs: true }),
  ...several("medium", 16, { capacity: "2Gi", tmpfs: false }),
  ...several("large", 12, { capacity: "64Gi", tmpfs: false }),
];

function several(name: string, count: number, kind: Omit<Volume, "name">): Volume[] {
  return Array.from({ length: count }, (_, index) => ({ name: `${name}-${index + 1}`, ...kind }));
}

/** Makes the folders of a node's volumes, inside the node. */
export async function makeVolumes(node: Node): Promise<void> {
  await runInside(node, ["mkdir", "-p", ...volumes.map(({ name }) => `${folder}/${name}`)]);
  for (const { name, tmpfs } of volumes) {
    if (!tmpfs) continue;
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
  await applyObjects(kubectl, [storageClass, ...nodes.flatMap(persistentVolumes)]);
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
