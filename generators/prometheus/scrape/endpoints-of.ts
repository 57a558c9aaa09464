import type { RelabelConfig } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { atPod } from "./at-pod.js";

/** Keeps the endpoints of one Service at one named port, of all that role `endpointslice` finds. */
export function endpointsOf(service: string, port: string): RelabelConfig {
  return {
    action: "keep",
    source_labels: ["__meta_kubernetes_service_name", "__meta_kubernetes_endpointslice_port_name"],
    regex: `${service};${port}`,
  };
}

/**
 * Keeps the pods behind the Services of a component at one named port, each pod once: a Service of both address families
 * (`ipFamilyPolicy: PreferDualStack`) has it in a slice of either. The component is known by its label, since Kustomize
 * renames Services (`namePrefix`, `nameSuffix`) and leaves what is written in text.
 */
export function podsBehind(component: string, port: string): readonly RelabelConfig[] {
  return [
    because(
      {
        action: "keep",
        source_labels: [
          "__meta_kubernetes_service_label_app_kubernetes_io_name",
          "__meta_kubernetes_endpointslice_port_name",
        ],
        regex: `${component};${port}`,
      },
      "By its label: Kustomize may rename the Service, and leaves this text.",
    ),
    ...atPod("__meta_kubernetes_endpointslice_port"),
  ];
}
