import type { ScrapeJob, StaticConfig } from "../../../metrics/scrape-job.js";
import { blackboxExporterPort, blackboxExporterService } from "../../blackbox-exporter/port.js";
import type { ConfigFile } from "../../lib/base-and-component.js";
import { because } from "../../lib/because.js";
import type { Settings } from "../../settings/index.js";
import { defaultModule } from "../../settings/probe-modules.js";
import { paths } from "../paths.js";
import { guards } from "./guards.js";

const source = "generators/prometheus/scrape/probes.ts";

/**
 * What blackbox-exporter finds out: one target for each address in `probes*.yaml`. The files lie beside the jobs, and end
 * otherwise than those, so that Prometheus does not take them for jobs.
 */
export function probes(): ScrapeJob {
  return {
    about: "What blackbox-exporter finds out, one target for each address in probes*.yaml beside this file.",
    source,
    expects: { every: "probe", by: blackboxExporterService, port: blackboxExporterPort },
    config: {
      job_name: "probes",
      metrics_path: "/probe",
      file_sd_configs: [{ files: [`${paths.scrape}/probes*.yaml`] }],
      relabel_configs: [
        { source_labels: ["module"], target_label: "module", regex: "", replacement: defaultModule },
        { source_labels: ["module"], target_label: "__param_module" },
        { source_labels: ["__address__"], target_label: "__param_target" },
        { source_labels: ["__address__"], target_label: "instance" },
        because(
          { target_label: "__address__", replacement: `${blackboxExporterService}:${blackboxExporterPort.number}` },
          "The prober is asked, and not the target. Its Service by the short name is in whatever namespace Prometheus is in.",
        ),
      ],
      // About 20 samples were seen.
      ...guards({ targets: 250, samples: 100, bytesPerSample: 200 }),
    },
  };
}

/** The addresses to probe, by the way to do so: the file that an overlay replaces, or adds others to. */
export function probeFile({ blackboxExporter: { probes } }: Settings): ConfigFile {
  const content: readonly StaticConfig[] = probes.map(({ module, targets }) => ({ targets, labels: { module } }));
  return { name: "probes.yaml", source, content };
}
