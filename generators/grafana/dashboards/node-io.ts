import type { Settings } from "../../settings/index.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, table } from "../lib/panels.js";
import { reads } from "../lib/variables.js";

const nodes = reads("node-exporter", "node");
/** Interfaces that connect the node with others: not itself, and not its own bridges and pods. */
const wires = `${nodes}, device!~"lo|veth.+|cali.+|cni.+|docker.+|flannel.+|kube-ipvs.+|dummy.+"`;

/** Each filesystem once. One that is mounted in several places is shown without a place, unless one of them is `/`. */
function filesystems(which: "min" | "max", metric: string): string {
  const recorded = `instance_device:node_filesystem_avail:ratio{${nodes}}`;
  return [
    `${which} by (node, mountpoint, device) (${metric}{${nodes}} and on (instance, device, mountpoint) ${recorded}`,
    `or on (instance, device) min without (mountpoint) (${metric}{${nodes}, device=~"/dev/.+"}) and on (instance, device) ${recorded})`,
  ].join("\n");
}

/** Where the machines keep and send bytes. */
export function nodeIo({ thresholds }: Settings): DashboardFile {
  const limits = thresholds.node;
  return dashboardFile({
    name: "node-io",
    source: "generators/grafana/dashboards/node-io.ts",
    area: "nodes",
    title: "Node disks and network",
    description: "Filesystems, disks and network interfaces of the machines, as node-exporter sees them.",
    jobs: ["node-exporter", "kubelet"],
    narrowedBy: ["node"],
    seeAlso: ["cluster", "node", "persistent-volumes"],
    rows: [
      {
        title: "Disks",
        panels: [
          table({
            title: "Filesystems",
            description: "Filesystems that can be written, the fullest first.",
            labels: { node: "Node", mountpoint: "Mounted at", device: "Device" },
            sortBy: "Used",
            columns: [
              {
                name: "Used",
                unit: "percentunit",
                decimals: 1,
                bad: [1 - limits.filesystemAlmostOutWarningRatio, 1 - limits.filesystemAlmostOutCriticalRatio],
                expr: `1 - min by (node, mountpoint, device) (instance_device:node_filesystem_avail:ratio{${nodes}})`,
              },
              {
                name: "Inodes used",
                unit: "percentunit",
                decimals: 1,
                expr: `1 - min by (node, mountpoint, device) (instance_device:node_filesystem_files_free:ratio{${nodes}})`,
              },
              {
                name: "Free",
                unit: "bytes",
                expr: filesystems("min", "node_filesystem_avail_bytes"),
              },
              {
                name: "Size",
                unit: "bytes",
                expr: filesystems("max", "node_filesystem_size_bytes"),
              },
            ],
          }),
          graph({
            title: "Used share of filesystems",
            description: "How full each filesystem is that can be written.",
            unit: "percentunit",
            max: 1,
            bad: [1 - limits.filesystemAlmostOutWarningRatio, 1 - limits.filesystemAlmostOutCriticalRatio],
            expr: `1 - instance_device:node_filesystem_avail:ratio{${nodes}}`,
            legend: "{{node}} {{device}} {{mountpoint}}",
          }),
          graph({
            title: "Used share of inodes",
            description: "How many of its inodes each filesystem has given out. Without one left no file can be made.",
            unit: "percentunit",
            max: 1,
            bad: [1 - limits.filesystemAlmostOutWarningRatio, 1 - limits.filesystemAlmostOutCriticalRatio],
            expr: `1 - instance_device:node_filesystem_files_free:ratio{${nodes}}`,
            legend: "{{node}} {{device}} {{mountpoint}}",
          }),
          graph({
            title: "Read and written",
            description: "Bytes per second of all disks of a node; reading is above zero, writing below.",
            unit: "Bps",
            fromZero: false,
            queries: [
              {
                expr: `sum by (node) (rate(node_disk_read_bytes_total{${nodes}}[$__rate_interval]))`,
                legend: "{{node}} read",
              },
              {
                expr: `-sum by (node) (rate(node_disk_written_bytes_total{${nodes}}[$__rate_interval]))`,
                legend: "{{node}} written",
              },
            ],
          }),
          graph({
            title: "Requests of disks",
            description: "Requests per second that each disk has done; reads are above zero, writes below.",
            unit: "iops",
            fromZero: false,
            queries: [
              {
                expr: `rate(node_disk_reads_completed_total{${nodes}}[$__rate_interval])`,
                legend: "{{node}} {{device}} reads",
              },
              {
                expr: `-rate(node_disk_writes_completed_total{${nodes}}[$__rate_interval])`,
                legend: "{{node}} {{device}} writes",
              },
            ],
          }),
          graph({
            title: "Busy disks",
            description:
              "Share of the time that a disk has something to do. A disk that works on many requests at once can be at one and still have room.",
            unit: "percentunit",
            expr: `rate(node_disk_io_time_seconds_total{${nodes}}[$__rate_interval])`,
            legend: "{{node}} {{device}}",
          }),
          graph({
            title: "Requests in a disk's queue",
            description: "How many requests wait for a disk on average.",
            unit: "none",
            decimals: 2,
            bad: [limits.diskQueueLength],
            expr: `rate(node_disk_io_time_weighted_seconds_total{${nodes}}[$__rate_interval])`,
            legend: "{{node}} {{device}}",
          }),
          graph({
            title: "Time of a disk request",
            description: "How long a read or a write takes on average, its time in the queue included.",
            unit: "s",
            mayBeEmpty: "a disk that nobody reads or writes",
            queries: (["read", "write"] as const).map((what) => ({
              expr: `rate(node_disk_${what}_time_seconds_total{${nodes}}[$__rate_interval]) / (rate(node_disk_${what}s_completed_total{${nodes}}[$__rate_interval]) > 0)`,
              legend: `{{node}} {{device}} ${what}`,
            })),
          }),
        ],
      },
      {
        title: "Network",
        panels: [
          graph({
            title: "Received and sent",
            description: "Bytes per second to and from other machines; receiving is above zero, sending below.",
            unit: "Bps",
            fromZero: false,
            queries: [
              {
                expr: `sum by (node) (rate(node_network_receive_bytes_total{${wires}}[$__rate_interval]))`,
                legend: "{{node}} received",
              },
              {
                expr: `-sum by (node) (rate(node_network_transmit_bytes_total{${wires}}[$__rate_interval]))`,
                legend: "{{node}} sent",
              },
            ],
          }),
          graph({
            title: "Received and sent by interface",
            description: "Bytes per second of each interface; receiving is above zero, sending below.",
            unit: "Bps",
            fromZero: false,
            queries: [
              {
                expr: `rate(node_network_receive_bytes_total{${wires}}[$__rate_interval])`,
                legend: "{{node}} {{device}} received",
              },
              {
                expr: `-rate(node_network_transmit_bytes_total{${wires}}[$__rate_interval])`,
                legend: "{{node}} {{device}} sent",
              },
            ],
          }),
          graph({
            title: "Packets in error or dropped",
            description: "Errors mean cables, cards or drivers; drops mean that somebody did not keep up.",
            unit: "pps",
            queries: (["receive", "transmit"] as const).flatMap((direction) =>
              (["errs", "drop"] as const).map((what) => ({
                expr: `sum by (node) (rate(node_network_${direction}_${what}_total{${wires}}[$__rate_interval]))`,
                legend: `{{node}} ${direction} ${what === "errs" ? "errors" : "drops"}`,
              })),
            ),
          }),
          graph({
            title: "TCP segments sent again",
            description: "Share of the segments that had to be sent again: packets get lost on the way.",
            unit: "percentunit",
            expr: `rate(node_netstat_Tcp_RetransSegs{${nodes}}[$__rate_interval]) / (rate(node_netstat_Tcp_OutSegs{${nodes}}[$__rate_interval]) > 0)`,
            legend: "{{node}}",
          }),
        ],
      },
    ],
  });
}
