import type { IVolume } from "kubernetes-models/v1/Volume";
import type { IVolumeMount } from "kubernetes-models/v1/VolumeMount";

/** A volume together with where it is mounted, so that neither can be there without the other. */
export interface Mount {
  readonly volume: IVolume;
  readonly path: string;
  readonly options?: Partial<IVolumeMount>;
}

/** The pod's `volumes` and the container's `volumeMounts` of the same mounts. */
export function mounted(mounts: readonly Mount[]): { volumes: IVolume[]; volumeMounts: IVolumeMount[] } {
  return {
    volumes: mounts.map(({ volume }) => volume),
    volumeMounts: mounts.map(({ volume, path, options }) => ({ name: volume.name, mountPath: path, ...options })),
  };
}
