import type { RelabelConfig } from "../types.js";

/** Keeps the endpoints of one Service at one named port, of all that role `endpointslice` finds. */
export function endpointsOf(service: string, port: string): RelabelConfig {
  return {
    action: "keep",
    source_labels: ["__meta_kubernetes_service_name", "__meta_kubernetes_endpointslice_port_name"],
    regex: `${service};${port}`,
  };
}
