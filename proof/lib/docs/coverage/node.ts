import type { CoverageRow } from "./types.js";

const noSystemd =
  "The systemd collector is off: it needs the host's D-Bus socket in the pod, which is a way to command systemd. What Kubernetes needs of it shows: a node without kubelet or container runtime becomes NotReady.";

/** What the rules of `node` cover. */
export const nodeCoverage: readonly CoverageRow[] = [
  {
    failureMode: "a filesystem fills up within hours, by its trend",
    knownAs: "NodeFilesystemSpaceFillingUp",
    alert: "NodeFilesystemSpaceFillingUp",
  },
  {
    failureMode: "a filesystem is almost full",
    knownAs: "NodeFilesystemAlmostOutOfSpace",
    alert: "NodeFilesystemAlmostOutOfSpace",
  },
  {
    failureMode: "a filesystem runs out of inodes within hours, by its trend",
    knownAs: "NodeFilesystemFilesFillingUp",
    alert: "NodeFilesystemFilesFillingUp",
  },
  {
    failureMode: "a filesystem has almost no inodes left",
    knownAs: "NodeFilesystemAlmostOutOfFiles",
    alert: "NodeFilesystemAlmostOutOfFiles",
  },
  { failureMode: "received packets are in error", knownAs: "NodeNetworkReceiveErrs", alert: "NodeNetworkReceiveErrs" },
  { failureMode: "sent packets are in error", knownAs: "NodeNetworkTransmitErrs", alert: "NodeNetworkTransmitErrs" },
  {
    failureMode: "a network link goes up and down",
    knownAs: "NodeNetworkInterfaceFlapping",
    alert: "NodeNetworkInterfaceFlapping",
  },
  {
    failureMode: "the connection tracking table fills up",
    knownAs: "NodeHighNumberConntrackEntriesUsed",
    alert: "NodeConntrackAlmostFull",
  },
  {
    failureMode: "a file of metrics cannot be read",
    knownAs: "NodeTextFileCollectorScrapeError",
    alert: "NodeTextFileCollectorScrapeError",
  },
  { failureMode: "a clock is wrong", knownAs: "NodeClockSkewDetected", alert: "NodeClockSkewDetected" },
  {
    failureMode: "a clock has lost what synchronises it",
    knownAs: "NodeClockNotSynchronising",
    alert: "NodeClockNotSynchronising",
  },
  { failureMode: "a RAID array lacks a disk", knownAs: "NodeRAIDDegraded", alert: "NodeRAIDDegraded" },
  { failureMode: "a disk of a RAID array failed", knownAs: "NodeRAIDDiskFailure", alert: "NodeRAIDDiskFailure" },
  {
    failureMode: "a node runs out of file descriptors",
    knownAs: "NodeFileDescriptorLimit",
    alert: "NodeFileDescriptorLimit",
  },
  { failureMode: "processors are busy all the time", knownAs: "NodeCPUHighUsage", alert: "NodeCPUHighUsage" },
  {
    failureMode: "more wants to run than there are processors",
    knownAs: "NodeSystemSaturation",
    alert: "NodeSystemSaturation",
  },
  {
    failureMode: "memory is so short that programs are read from disk again and again",
    knownAs: "NodeMemoryMajorPagesFaults",
    alert: "NodeMemoryMajorPagesFaults",
  },
  {
    failureMode: "memory is almost used up",
    knownAs: "NodeMemoryHighUtilization",
    alert: "NodeMemoryHighUtilization",
  },
  { failureMode: "a disk cannot keep up", knownAs: "NodeDiskIOSaturation", alert: "NodeDiskIOSaturation" },
  { failureMode: "a systemd service failed", knownAs: "NodeSystemdServiceFailed", reason: noSystemd },
  {
    failureMode: "a systemd service restarts again and again",
    knownAs: "NodeSystemdServiceCrashlooping",
    reason: noSystemd,
  },
  { failureMode: "a bonding interface lost a link", knownAs: "NodeBondingDegraded", alert: "NodeBondingDegraded" },
  { failureMode: "one node of many is not watched", alert: "NodeExporterDown" },
  { failureMode: "part of a node is not watched", alert: "NodeExporterCollectorFailed" },
  { failureMode: "nobody can see how full a filesystem is", alert: "NodeFilesystemUnreadable" },
];
