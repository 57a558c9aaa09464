import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IToleration } from "kubernetes-models/v1/Toleration";

/** The settings that this reads. */
interface Settings {
  readonly workloads: {
    readonly imagePullSecrets: readonly string[];
    readonly nodeSelector: Readonly<Record<string, string>>;
    readonly tolerations: readonly object[];
    readonly priorityClassName?: string | undefined;
  };
}

/**
 * What the settings say of every pod that may run on any node: who it goes before and where it may run, and with which Secrets its
 * image is pulled.
 *
 * @param own what the pod has of its own, which counts first
 */
export function placed({ workloads }: Settings, own: Pick<IPodSpec, "priorityClassName"> = {}): Partial<IPodSpec> {
  const { priorityClassName = workloads.priorityClassName } = own;
  return {
    ...own,
    ...(priorityClassName !== undefined && { priorityClassName }),
    nodeSelector: { ...workloads.nodeSelector, "kubernetes.io/os": "linux" },
    ...(workloads.tolerations.length > 0 && { tolerations: workloads.tolerations as IToleration[] }),
    ...pulled({ workloads }),
  };
}

/** The Secrets with which every image is pulled. */
export function pulled({ workloads }: Settings): Pick<IPodSpec, "imagePullSecrets"> {
  const imagePullSecrets = workloads.imagePullSecrets.map((name) => ({ name }));
  return imagePullSecrets.length > 0 ? { imagePullSecrets } : {};
}
