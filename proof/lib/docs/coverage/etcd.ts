import type { CoverageRow } from "./types.js";

/** How etcd fails. */
export const etcd: readonly CoverageRow[] = [
  { failureMode: "no etcd member answers", alert: "EtcdDown" },
  { failureMode: "one etcd member does not answer", alert: "EtcdMemberUnreachable" },
  { failureMode: "an etcd member has no leader", knownAs: "etcdNoLeader", alert: "EtcdNoLeader" },
  {
    failureMode: "etcd changes its leader again and again",
    knownAs: "etcdHighNumberOfLeaderChanges",
    alert: "EtcdLeaderChanges",
  },
  { failureMode: "etcd's log is slow to be written", knownAs: "etcdHighFsyncDurations", alert: "EtcdSlowFsync" },
  {
    failureMode: "etcd's database is slow to be committed",
    knownAs: "etcdHighCommitDurations",
    alert: "EtcdSlowCommit",
  },
  {
    failureMode: "etcd's database nears its quota",
    knownAs: "etcdDatabaseQuotaLowSpace",
    alert: "EtcdDatabaseNearQuota",
  },
  {
    failureMode: "etcd's database grows so fast that its quota is hours away",
    knownAs: "etcdExcessiveDatabaseGrowth",
    alert: "EtcdDatabaseGrowing",
  },
  {
    failureMode: "much of etcd's database is empty, and counts towards its quota",
    knownAs: "etcdDatabaseHighFragmentationRatio",
    alert: "EtcdDatabaseFragmented",
  },
  {
    failureMode: "etcd members cannot agree on writes",
    knownAs: "etcdHighNumberOfFailedProposals",
    alert: "EtcdFailedProposals",
  },
  {
    failureMode: "an etcd member is slow to reach another",
    knownAs: "etcdMemberCommunicationSlow",
    alert: "EtcdPeerSlow",
  },
  {
    failureMode: "etcd fails to answer requests",
    knownAs: "etcdHighNumberOfFailedGRPCRequests",
    alert: "EtcdRequestsFailing",
  },
  {
    failureMode: "etcd is slow to answer requests",
    knownAs: "etcdGRPCRequestsSlow",
    reason:
      "Only etcd with --metrics=extensive measures it, which no installer sets. What makes it slow has alerts: the disk and the other members.",
  },
  {
    failureMode: "fewer etcd members than a majority answer",
    knownAs: "etcdInsufficientMembers",
    reason: "Members without a majority have no leader: EtcdNoLeader is critical within a minute.",
  },
];
