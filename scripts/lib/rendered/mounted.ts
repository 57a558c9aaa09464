import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IConfigMapVolumeSource } from "kubernetes-models/v1/ConfigMapVolumeSource";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IVolume } from "kubernetes-models/v1/Volume";
import { serviceAccountMount } from "../../../generators/lib/service-account.js";
import { remembered } from "../../../metrics/remembered.js";
import { find, nameOf, type RenderedObject } from "./objects.js";
import type { Workload } from "./workloads.js";

/** A file that a container sees. */
export interface MountedFile {
  readonly text: string;
  /** The ConfigMap that it comes from, as findings name it. */
  readonly object: string;
  /** Its key there. */
  readonly key: string;
}

/** What a container sees of the file system, by path in the container. */
export interface Mounted {
  readonly files: ReadonlyMap<string, MountedFile>;
  /** Folders whose content only the cluster knows: Secrets, claims, the host's. */
  readonly unknown: readonly string[];
}

/** Lays out what a container of a workload sees. */
export function mountedIn(container: IContainer, workload: Workload, objects: readonly RenderedObject[]): Mounted {
  const files = new Map<string, MountedFile>();
  const unknown = hasToken(workload, objects) ? [serviceAccountMount] : [];
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const volume = workload.pod.volumes?.find((candidate) => candidate.name === name);
    const { maps, others } = sourcesOf(volume);
    if (others) unknown.push(mountPath);
    for (const source of maps) {
      for (const [path, file] of filesOf(source, workload.namespace, objects)) {
        if (!subPath) files.set(`${mountPath}/${path}`, file);
        else if (path === subPath) files.set(mountPath, file);
      }
    }
  }
  return { files, unknown };
}

function sourcesOf(volume: IVolume | undefined): { maps: IConfigMapVolumeSource[]; others: boolean } {
  if (volume?.configMap) return { maps: [volume.configMap], others: false };
  const sources = volume?.projected?.sources;
  if (!sources) return { maps: [], others: true };
  return {
    maps: sources.flatMap(({ configMap }) => configMap ?? []),
    others: sources.some(({ configMap }) => !configMap),
  };
}

function filesOf(
  { name = "", items, optional = false }: IConfigMapVolumeSource,
  namespace: string | undefined,
  objects: readonly RenderedObject[],
): [string, MountedFile][] {
  const configMap = find(objects, "v1/ConfigMap", name, namespace);
  if (configMap === undefined) return [];
  const there = Object.keys(configMap.data ?? {});
  const keys = items?.filter(({ key }) => !optional || there.includes(key)) ?? there.map((key) => ({ key, path: key }));
  return keys.map(({ key, path }) => [path, fileIn(configMap, key)]);
}

/** One file, whoever mounts it: what it says is read once. */
const fileIn = remembered(
  (configMap: RenderedObject & IConfigMap, key: string): MountedFile => ({
    text: configMap.data?.[key] ?? "",
    object: nameOf(configMap),
    key,
  }),
);

/** Whether Kubernetes mounts the pod's identity; the pod's word counts before that of its ServiceAccount. */
function hasToken({ pod, namespace }: Workload, objects: readonly RenderedObject[]): boolean {
  const account = find(objects, "v1/ServiceAccount", pod.serviceAccountName ?? "default", namespace);
  return pod.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
}
