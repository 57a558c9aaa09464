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
];
