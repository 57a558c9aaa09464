import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { blackboxExporterPort, blackboxExporterService } from "../../blackbox-exporter/port.js";
import { mostReplicas } from "../../settings/forms.js";
import { podsBehind } from "./endpoints-of.js";
import { guards } from "./guards.js";

/** What blackbox-exporter says of itself; what it found out is in the job `probes`. */
export function blackboxExporter(): ScrapeJob {
  const { name } = blackboxExporterPort;
  return {
    about: "What blackbox-exporter says of itself; what it found out is in the job probes.",
    source: "generators/prometheus/scrape/blackbox-exporter.ts",
    expects: { every: "endpoint", of: blackboxExporterService, port: name, in: "own namespace" },
    config: {
      job_name: "blackbox-exporter",
      kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { own_namespace: true } }],
      relabel_configs: podsBehind(blackboxExporterService, name),
      // About 60 samples were seen.
      ...guards({ targets: mostReplicas, samples: 1_000, bytesPerSample: 160 }),
    },
  };
}
