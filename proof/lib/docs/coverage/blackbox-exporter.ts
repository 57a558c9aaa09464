import type { CoverageRow } from "./types.js";

/** How the prober itself fails. */
export const blackboxExporterCoverage: readonly CoverageRow[] = [
  { failureMode: "nothing is probed", alert: "BlackboxExporterDown" },
  { failureMode: "the configuration does not load", alert: "BlackboxExporterFailedReload" },
  { failureMode: "a probe asks for a module that there is not", alert: "BlackboxExporterUnknownModule" },
];
