import type { CoverageRow } from "./types.js";

/** How the cluster's DNS fails. */
export const coredns: readonly CoverageRow[] = [
  { failureMode: "no CoreDNS answers", knownAs: "CoreDNSDown", alert: "CoreDNSDown" },
  { failureMode: "one CoreDNS does not answer", alert: "CoreDNSInstanceUnreachable" },
  { failureMode: "names cannot be resolved", knownAs: "CoreDNSErrorsHigh", alert: "CoreDNSServfailRatioHigh" },
  { failureMode: "names are resolved slowly", knownAs: "CoreDNSLatencyHigh", alert: "CoreDNSLatencyHigh" },
  { failureMode: "every server behind CoreDNS is unhealthy", alert: "CoreDNSUpstreamsDown" },
  { failureMode: "CoreDNS panics", alert: "CoreDNSPanics" },
];
