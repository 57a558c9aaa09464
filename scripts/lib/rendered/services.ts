import type { IService } from "kubernetes-models/v1/Service";
import { selects } from "./label-selector.js";
import type { RenderedObject } from "./objects.js";
import type { Workload } from "./workloads.js";

/** The workloads whose pods a Service selects; undefined for one that leaves its endpoints to somebody else. */
export function selectedBy(
  { metadata, spec }: RenderedObject & IService,
  workloads: readonly Workload[],
): Workload[] | undefined {
  const selector = spec?.selector;
  if (!selector || Object.keys(selector).length === 0 || spec?.type === "ExternalName") return undefined;
  return workloads.filter(
    ({ namespace, labels }) => namespace === metadata.namespace && selects({ matchLabels: selector }, labels),
  );
}
