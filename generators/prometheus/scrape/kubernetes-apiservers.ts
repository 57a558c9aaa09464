import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { clusterCa, serviceAccountToken } from "../../lib/service-account.js";
import { mostReplicas } from "../../settings/forms.js";
import { endpointsOf } from "./endpoints-of.js";
import { guards } from "./guards.js";

const service = "kubernetes";

/** Every API server, found through the Service `kubernetes` in `default`, which the API servers themselves keep. */
export function kubernetesApiservers(): ScrapeJob {
  return {
    about: "Every API server, found through the Service that the API servers themselves keep.",
    source: "generators/prometheus/scrape/kubernetes-apiservers.ts",
    expects: { every: "endpoint", of: service, port: "https", in: "default" },
    config: {
      job_name: "kubernetes-apiservers",
      scheme: "https",
      authorization: serviceAccountToken,
      tls_config: clusterCa,
      kubernetes_sd_configs: [
        because(
          {
            role: "endpointslice",
            namespaces: { names: ["default"] },
            selectors: (["endpointslice", "service", "pod"] as const).map((role) => ({
              role,
              field: `metadata.name=${service}`,
            })),
          },
          {
            selectors:
              "Discovery lists all three. Asked for by this name alone, they take a permission for this name alone: the pods of default stay out of reach.",
          },
        ),
      ],
      relabel_configs: [endpointsOf(service, "https")],
      // 47,065 samples were seen after an hour. They never get fewer while the server runs, and each kind of object adds
      // its own.
      ...guards({ targets: mostReplicas, samples: 150_000, bytesPerSample: 160 }),
    },
  };
}
