import type { HistogramForm } from "../../../metrics/promql/histogram.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat } from "../lib/panels.js";
import { reads } from "../lib/variables.js";
import { process } from "./process.js";
import { slowest } from "./slowest.js";

const members = reads("etcd");

/** etcd: whether its members agree, how fast its disks are, how large its database is. */
export function etcd(form: HistogramForm): DashboardFile {
  return dashboardFile({
    name: "etcd",
    source: "generators/grafana/dashboards/etcd.ts",
    area: "control-plane",
    title: "etcd",
    description: "The store behind the API servers: its members, its disks, its size.",
    jobs: ["etcd"],
    seeAlso: ["kubernetes-apiservers"],
    rows: [
      {
        title: "Members",
        panels: [
          stat({
            title: "Members up",
            description: "Members that answered the last scrape.",
            unit: "none",
            width: 6,
            expr: `sum(up{${members}})`,
          }),
          stat({
            title: "Members with a leader",
            description: "Members that know a leader. Without one there are no writes.",
            unit: "none",
            width: 6,
            expr: `sum(etcd_server_has_leader{${members}})`,
          }),
          stat({
            title: "Changes of leader",
            description: "Within an hour. More than a few are a slow disk or a bad network.",
            unit: "none",
            decimals: 0,
            bad: [3],
            width: 6,
            expr: `max(increase(etcd_server_leader_changes_seen_total{${members}}[1h]))`,
          }),
          stat({
            title: "Database",
            description: "Size of the database as a share of its limit. At one etcd takes no more writes.",
            unit: "percentunit",
            decimals: 1,
            bad: [0.7, 0.85],
            width: 6,
            expr: `max(etcd_mvcc_db_total_size_in_bytes{${members}} / etcd_server_quota_backend_bytes{${members}})`,
          }),
        ],
      },
      {
        title: "Speed and size",
        panels: [
          graph({
            title: "Writes to the log",
            description:
              "Within this time 99 of 100 writes were on the disk. Above 10 ms the disk is too slow for etcd.",
            unit: "s",
            bad: [0.01],
            expr: slowest(form, "etcd_disk_wal_fsync_duration_seconds", members, "instance"),
            legend: "{{instance}}",
          }),
          graph({
            title: "Writes to the database",
            description:
              "Within this time 99 of 100 commits were on the disk. Above 25 ms the disk is too slow for etcd.",
            unit: "s",
            bad: [0.025],
            expr: slowest(form, "etcd_disk_backend_commit_duration_seconds", members, "instance"),
            legend: "{{instance}}",
          }),
          graph({
            title: "Size",
            description: "The file of the database, and what of it is in use: the rest is given back by defragmenting.",
            unit: "bytes",
            queries: [
              { expr: `etcd_mvcc_db_total_size_in_bytes{${members}}`, legend: "{{instance}} file" },
              { expr: `etcd_mvcc_db_total_size_in_use_in_bytes{${members}}`, legend: "{{instance}} in use" },
            ],
          }),
          graph({
            title: "Proposals",
            description: "Changes that wait for the members' agreement, and those that failed within ten minutes.",
            unit: "none",
            queries: [
              { expr: `etcd_server_proposals_pending{${members}}`, legend: "{{instance}} waiting" },
              {
                expr: `increase(etcd_server_proposals_failed_total{${members}}[10m])`,
                legend: "{{instance}} failed",
              },
            ],
          }),
          graph({
            title: "Way to the other members",
            description: "Within this time 99 of 100 messages to another member were answered.",
            unit: "s",
            empty: "There is one member, which has nobody to talk to.",
            mayBeEmpty: "an etcd of one member",
            expr: slowest(form, "etcd_network_peer_round_trip_time_seconds", members, "instance"),
            legend: "{{instance}}",
          }),
          graph({
            title: "Changes applied slowly",
            description: "Within ten minutes.",
            unit: "none",
            expr: `increase(etcd_server_slow_apply_total{${members}}[10m])`,
            legend: "{{instance}}",
          }),
        ],
      },
      process(members, "{{instance}}"),
    ],
  });
}
