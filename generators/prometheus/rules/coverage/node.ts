import type { CoverageRow } from "./types.js";

const noSystemd =
  "The systemd collector is off: it needs the host's D-Bus socket in the pod, which is a way to command systemd. What Kubernetes needs of it shows: a node without kubelet or container runtime becomes NotReady.";

/** What the rules of `node` cover. */
export const nodeCoverage: readonly CoverageRow[] = [
  {
    failureMode: "A filesystem fills up within hours, by its trend",
    knownAs: "NodeFilesystemSpaceFillingUp",
    alert: "NodeFilesystemSpaceFillingUp",
  },
  {
    failureMode: "A filesystem is almost full",
    knownAs: "NodeFilesystemAlmostOutOfSpace",
    alert: "NodeFilesystemAlmostOutOfSpace",
  },
  {
    failureMode: "A filesystem runs out of inodes within hours, by its trend",
    knownAs: "NodeFilesystemFilesFillingUp",
    alert: "NodeFilesystemFilesFillingUp",
  },
  {
    failureMode: "A filesystem has almost no inodes left",
    knownAs: "NodeFilesystemAlmostOutOfFiles",
    alert: "NodeFilesystemAlmostOutOfFiles",
  },
  { failureMode: "Received packets are in error", knownAs: "NodeNetworkReceiveErrs", alert: "NodeNetworkReceiveErrs" },
  { failureMode: "Sent packets are in error", knownAs: "NodeNetworkTransmitErrs", alert: "NodeNetworkTransmitErrs" },
  {
    failureMode: "A network link goes up and down",
    knownAs: "NodeNetworkInterfaceFlapping",
    alert: "NodeNetworkInterfaceFlapping",
  },
  {
    failureMode: "The connection tracking table fills up",
    knownAs: "NodeHighNumberConntrackEntriesUsed",
    alert: "NodeConntrackAlmostFull",
  },
  {
    failureMode: "A file of metrics cannot be read",
    knownAs: "NodeTextFileCollectorScrapeError",
    alert: "NodeTextFileCollectorScrapeError",
  },
  { failureMode: "A clock is wrong", knownAs: "NodeClockSkewDetected", alert: "NodeClockSkewDetected" },
  {
    failureMode: "A clock has lost what synchronises it",
    knownAs: "NodeClockNotSynchronising",
    alert: "NodeClockNotSynchronising",
  },
  { failureMode: "A RAID array lacks a disk", knownAs: "NodeRAIDDegraded", alert: "NodeRAIDDegraded" },
  { failureMode: "A disk of a RAID array failed", knownAs: "NodeRAIDDiskFailure", alert: "NodeRAIDDiskFailure" },
  {
    failureMode: "A node runs out of file descriptors",
    knownAs: "NodeFileDescriptorLimit",
    alert: "NodeFileDescriptorLimit",
  },
  { failureMode: "Processors are busy all the time", knownAs: "NodeCPUHighUsage", alert: "NodeCPUHighUsage" },
  {
    failureMode: "More wants to run than there are processors",
    knownAs: "NodeSystemSaturation",
    alert: "NodeSystemSaturation",
  },
  {
    failureMode: "Memory is so short that programs are read from disk again and again",
    knownAs: "NodeMemoryMajorPagesFaults",
    alert: "NodeMemoryMajorPagesFaults",
  },
  {
    failureMode: "Memory is almost used up",
    knownAs: "NodeMemoryHighUtilization",
    alert: "NodeMemoryHighUtilization",
  },
  { failureMode: "A disk cannot keep up", knownAs: "NodeDiskIOSaturation", alert: "NodeDiskIOSaturation" },
  { failureMode: "A systemd service failed", knownAs: "NodeSystemdServiceFailed", reason: noSystemd },
  {
    failureMode: "A systemd service restarts again and again",
    knownAs: "NodeSystemdServiceCrashlooping",
    reason: noSystemd,
  },
  { failureMode: "A bonding interface lost a link", knownAs: "NodeBondingDegraded", alert: "NodeBondingDegraded" },
  { failureMode: "One node of many is not watched", alert: "NodeExporterDown" },
  { failureMode: "Part of a node is not watched", alert: "NodeExporterCollectorFailed" },
];
