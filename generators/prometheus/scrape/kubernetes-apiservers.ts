import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { endpointsOf } from "./endpoints-of.js";
import { guards, replicas } from "./guards.js";
import { clusterCa, serviceAccountToken } from "./service-account.js";

const service = "kubernetes";

/** Every API server, found through the Service `kubernetes` in `default`, which the API servers themselves keep. */
export function kubernetesApiservers(): ScrapeJob {
  return {
    source: "generators/prometheus/scrape/kubernetes-apiservers.ts",
    expects: { every: "endpoint", of: service, port: "https", in: "default" },
    config: {
      job_name: "kubernetes-apiservers",
      scheme: "https",
      authorization: serviceAccountToken,
      tls_config: clusterCa,
      kubernetes_sd_configs: [
        {
          role: "endpointslice",
          namespaces: { names: ["default"] },
          // Discovery lists Services, EndpointSlices and pods. Asking for the one name that matters lets the permission
          // be for that name alone; the pods of `default`, which nobody here reads, stay out of reach.
          selectors: (["endpointslice", "service", "pod"] as const).map((role) => ({
            role,
            field: `metadata.name=${service}`,
          })),
        },
      ],
      relabel_configs: [endpointsOf(service, "https")],
      // 47,065 samples were seen after an hour. They never get fewer while the server runs, and each kind of object adds
      // its own.
      ...guards({ targets: replicas, samples: 150_000, bytesPerSample: 160 }),
    },
  };
}
