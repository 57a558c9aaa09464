import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IVolume } from "kubernetes-models/v1/Volume";
import { merging, type Part, type Patch } from "../lib/patch.js";
import { podChanges } from "../prometheus/pod.js";

/**
 * The patch by which a Component changes Prometheus' pod, whichever object runs that. It has to be listed after
 * prometheus-ha, which {@link podChanges} sees to.
 *
 * @param component the Component's name
 */
export function changedPod(
  component: string,
  namespace: string,
  container: Part<IContainer>,
  volumes: readonly IVolume[],
): Patch {
  return merging<IDeployment>(
    "pod",
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "prometheus", namespace, annotations: { [podChanges]: component } },
      spec: { template: { spec: { containers: [{ name: "prometheus", ...container }], volumes } } },
    },
    { kind: "Deployment|StatefulSet", name: "prometheus" },
  );
}
