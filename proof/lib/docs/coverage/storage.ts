import type { CoverageRow } from "./types.js";

/** What the rules of `storage` cover. */
export const storageCoverage: readonly CoverageRow[] = [
  {
    failureMode: "a volume fills up within days, by its trend, or is almost full",
    knownAs: "KubePersistentVolumeFillingUp",
    alert: "KubePersistentVolumeFillingUp",
  },
  {
    failureMode: "a volume runs out of inodes",
    knownAs: "KubePersistentVolumeInodesFillingUp",
    alert: "KubePersistentVolumeInodesFillingUp",
  },
  {
    failureMode: "a volume cannot be made or given back",
    knownAs: "KubePersistentVolumeErrors",
    alert: "KubePersistentVolumeErrors",
  },
  { failureMode: "a claim has lost its volume", alert: "KubePersistentVolumeClaimLost" },
];
