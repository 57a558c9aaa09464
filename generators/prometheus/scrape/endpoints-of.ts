import type { RelabelConfig } from "../../../metrics/scrape-job.js";
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
 * The same, and each pod once: a Service of both address families (`ipFamilyPolicy: PreferDualStack`) has it in a slice of
 * either.
 */
export function podsBehind(service: string, port: string): readonly RelabelConfig[] {
  return [endpointsOf(service, port), ...atPod("__meta_kubernetes_endpointslice_port")];
}
