import type { IConfigMapVolumeSource } from "kubernetes-models/v1/ConfigMapVolumeSource";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IVolume } from "kubernetes-models/v1/Volume";
import { isDeclared, orDeclare } from "../rendered/declared.js";
import { find, type Rendered } from "../rendered/objects.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";

/**
 * Every mount has its volume, and every volume the ConfigMap or claim that it names. A Secret is only named:
 * secrets are not in the repository.
 */
export const volumes: Check = {
  name: "volumes",
  run: async (rendered) =>
    workloadsOf(rendered).flatMap((workload) => [
      ...workload.containers.flatMap((container) => mounts(container, workload)),
      ...(workload.pod.volumes ?? []).flatMap((volume) => sources(volume, workload, rendered)),
    ]),
};

function mounts({ name, volumeMounts }: IContainer, { object, pod, claims }: Workload): Finding[] {
  const known = [...(pod.volumes ?? []).map((volume) => volume.name), ...claims.map(({ metadata }) => metadata?.name)];
  return (volumeMounts ?? []).flatMap((mount, index, all) => {
    const found = [];
    if (!known.includes(mount.name)) {
      found.push({
        object,
        message: `container ${name} mounts volume ${mount.name}, which the pod does not have`,
        fix: `add it to the pod's volumes (there: ${known.join(", ") || "none"}), or remove the mount`,
      });
    }
    if (all.findIndex(({ mountPath }) => mountPath === mount.mountPath) < index) {
      found.push({
        object,
        message: `container ${name} mounts two volumes at ${mount.mountPath}`,
        fix: "give each a path of its own",
      });
    }
    return found;
  });
}

function sources(volume: IVolume, workload: Workload, rendered: Rendered): Finding[] {
  const { objects } = rendered;
  const projected = (volume.projected?.sources ?? []).map(({ configMap }) => configMap);
  const configMaps = [volume.configMap, ...projected].filter((source) => source != null);
  const claim = volume.persistentVolumeClaim?.claimName;
  const named = `PersistentVolumeClaim ${workload.namespace}/${claim}`;
  const findings = configMaps.flatMap((source) => configMap(volume.name, source, workload, rendered));
  if (
    claim != null &&
    !isDeclared(rendered, named) &&
    !find(objects, "v1/PersistentVolumeClaim", claim, workload.namespace)
  ) {
    findings.push({
      object: workload.object,
      message: `volume ${volume.name} is PersistentVolumeClaim ${claim}, which the overlay does not render`,
      fix: `add the claim to the overlay's resources, in the namespace of the pod${orDeclare(named)}`,
    });
  }
  return findings;
}

function configMap(
  volume: string,
  { name = "", items, optional }: IConfigMapVolumeSource,
  { object, namespace }: Workload,
  rendered: Rendered,
): Finding[] {
  const { objects } = rendered;
  const named = `ConfigMap ${namespace}/${name}`;
  // Kubernetes puts this one into every namespace.
  if (optional || name === "kube-root-ca.crt" || isDeclared(rendered, named)) return [];
  const found = find(objects, "v1/ConfigMap", name, namespace);
  if (found === undefined) {
    return [
      {
        object,
        message: `volume ${volume} is ConfigMap ${name}, which the overlay does not render in namespace ${namespace}`,
        fix: `correct the name, or generate the ConfigMap (configMapGenerator) with disableNameSuffixHash${orDeclare(named)}`,
      },
    ];
  }
  const keys = Object.keys({ ...found.data, ...found.binaryData });
  return (items ?? [])
    .filter(({ key }) => !keys.includes(key))
    .map(({ key }) => ({
      object,
      message: `volume ${volume} wants ${key} of ConfigMap ${name}, which has ${keys.join(", ") || "nothing"}`,
      fix: "correct the item's key, or add the file to the ConfigMap",
    }));
}
