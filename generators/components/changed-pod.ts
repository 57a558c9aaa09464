import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IVolume } from "kubernetes-models/v1/Volume";
import { merging, type Part, type Patch } from "../lib/patch.js";

/**
 * The patch by which a Component changes Prometheus' pod, whichever object runs that. Such a Component has to be
 * listed after prometheus-ha, which puts another object in the place of the changed one.
 */
export function changedPod(namespace: string, container: Part<IContainer>, volumes: readonly IVolume[]): Patch {
  return merging<IDeployment>(
    "pod",
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "prometheus", namespace },
      spec: { template: { spec: { containers: [{ name: "prometheus", ...container }], volumes } } },
    },
    { kind: "Deployment|StatefulSet", name: "prometheus" },
  );
}
