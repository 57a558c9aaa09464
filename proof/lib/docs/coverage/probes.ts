import type { CoverageRow } from "./types.js";

/** How what is probed fails. */
export const probesCoverage: readonly CoverageRow[] = [
  { failureMode: "an address does not answer, or not as it should", alert: "ProbeFailed" },
  { failureMode: "an address answers slowly", alert: "ProbeSlow" },
  { failureMode: "a certificate ends within days", alert: "ProbeCertificateExpiresSoon" },
  { failureMode: "a certificate has ended", alert: "ProbeCertificateExpired" },
];
