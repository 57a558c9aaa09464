import type { Settings } from "../../settings/index.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat } from "../lib/panels.js";
import { reads } from "../lib/variables.js";

const nodes = reads("node-exporter", "node");
/** What the machines have, and how much of it is in use. */
export function node({ thresholds }: Settings): DashboardFile {
  const limits = thresholds.node;
  const oldKernel = "kernels that do not measure pressure stall information";
  return dashboardFile({
    name: "node",
    source: "generators/grafana/dashboards/node.ts",
    area: "nodes",
    title: "Node resources",
    description: "Processors, memory and limits of the machines, as node-exporter sees them.",
    jobs: ["node-exporter", "kubelet"],
    narrowedBy: ["node"],
    seeAlso: ["cluster", "node-io", "containers", "kubelet"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "Nodes that answer",
            description: "Nodes whose node-exporter answered the last scrape.",
            unit: "none",
            expr: `sum(up{${nodes}})`,
          }),
          stat({
            title: "Processors",
            description: "Processors of all chosen nodes, hyper-threads included.",
            unit: "none",
            expr: `count(node_cpu_seconds_total{${nodes}, mode="idle"})`,
          }),
          stat({
            title: "Memory",
            description: "Memory of all chosen nodes.",
            unit: "bytes",
            expr: `sum(node_memory_MemTotal_bytes{${nodes}})`,
          }),
          stat({
            title: "Busiest processors",
            description: "Share of the time that the processors of the busiest node work.",
            unit: "percentunit",
            decimals: 1,
            bad: [limits.cpuBusyRatio],
            expr: `max(instance:node_cpu_busy:ratio_rate5m{${nodes}})`,
          }),
          stat({
            title: "Fullest memory",
            description: "Share of its memory that the node with the least left cannot give away.",
            unit: "percentunit",
            decimals: 1,
            bad: [limits.memoryUsedRatio],
            expr: `max(instance:node_memory_used:ratio{${nodes}})`,
          }),
          stat({
            title: "Fullest filesystem",
            description: "Used share of the fullest filesystem that can be written.",
            unit: "percentunit",
            decimals: 1,
            bad: [1 - limits.filesystemAlmostOutWarningRatio, 1 - limits.filesystemAlmostOutCriticalRatio],
            expr: `1 - min(instance_device:node_filesystem_avail:ratio{${nodes}})`,
          }),
        ],
      },
      {
        title: "Processors",
        panels: [
          graph({
            title: "Busy share",
            description: "Share of the time that a node's processors work. Waiting for a disk does not count.",
            unit: "percentunit",
            max: 1,
            bad: [limits.cpuBusyRatio],
            expr: `instance:node_cpu_busy:ratio_rate5m{${nodes}}`,
            legend: "{{node}}",
          }),
          graph({
            title: "What the processors do",
            description:
              "Processors at work, by kind. Much `system` or `softirq` is the kernel's own work, `steal` is what the hypervisor gave to others, `iowait` is idle for want of a disk.",
            unit: "suffix: cores",
            stacked: true,
            expr: `sum by (mode) (rate(node_cpu_seconds_total{${nodes}, mode!="idle"}[$__rate_interval]))`,
            legend: "{{mode}}",
          }),
          graph({
            title: "Load per processor",
            description: "Processes that run or wait, on average over five minutes, for each processor of the node.",
            unit: "none",
            decimals: 2,
            bad: [limits.loadPerCpu],
            expr: `instance:node_load5_per_cpu:ratio{${nodes}}`,
            legend: "{{node}}",
          }),
          graph({
            title: "Work held up",
            description:
              "Share of the time that some process could not go on for want of processor, memory or disk: the worst node. It tells of a shortage that usage alone does not.",
            unit: "percentunit",
            mayBeEmpty: oldKernel,
            queries: (["cpu", "memory", "io"] as const).map((what) => ({
              expr: `max(rate(node_pressure_${what}_waiting_seconds_total{${nodes}}[$__rate_interval]))`,
              legend: what,
            })),
          }),
        ],
      },
      {
        title: "Memory",
        panels: [
          graph({
            title: "Used share",
            description: "Share of a node's memory that it could not give to a new process without swapping.",
            unit: "percentunit",
            max: 1,
            bad: [limits.memoryUsedRatio],
            expr: `instance:node_memory_used:ratio{${nodes}}`,
            legend: "{{node}}",
          }),
          graph({
            title: "Where the memory is",
            description: "All memory: in use, in caches that the kernel gives up when asked, and free.",
            unit: "bytes",
            stacked: true,
            queries: [
              {
                expr: `sum(node_memory_MemTotal_bytes{${nodes}} - node_memory_MemAvailable_bytes{${nodes}})`,
                legend: "in use",
              },
              {
                expr: `sum(node_memory_MemAvailable_bytes{${nodes}} - node_memory_MemFree_bytes{${nodes}})`,
                legend: "caches",
              },
              { expr: `sum(node_memory_MemFree_bytes{${nodes}})`, legend: "free" },
            ],
          }),
          graph({
            title: "Pages read back from disk",
            description: "Major page faults per second. A node that does little else has too little memory.",
            unit: "ops",
            bad: [limits.majorPageFaultsPerSecond],
            expr: `rate(node_vmstat_pgmajfault{${nodes}}[$__rate_interval])`,
            legend: "{{node}}",
          }),
          graph({
            title: "Swap in use",
            description: "Memory that was moved to disk. Kubelets usually refuse nodes with swap.",
            unit: "bytes",
            expr: `node_memory_SwapTotal_bytes{${nodes}} - node_memory_SwapFree_bytes{${nodes}}`,
            legend: "{{node}}",
          }),
        ],
      },
      {
        title: "The kernel",
        panels: [
          graph({
            title: "Tables of the kernel",
            description:
              "Used share of tables that nothing warns of when they are full: connections are then dropped, files not opened.",
            unit: "percentunit",
            bad: [limits.conntrackUsedRatio],
            queries: [
              {
                expr: `node_nf_conntrack_entries{${nodes}} / node_nf_conntrack_entries_limit{${nodes}}`,
                legend: "{{node}} connections",
              },
              {
                expr: `node_filefd_allocated{${nodes}} / node_filefd_maximum{${nodes}}`,
                legend: "{{node}} file descriptors",
              },
            ],
          }),
          graph({
            title: "Processes ended for want of memory",
            description: "How many processes of a node the kernel ended within ten minutes, in containers or outside.",
            unit: "none",
            decimals: 0,
            expr: `increase(node_vmstat_oom_kill{${nodes}}[10m])`,
            legend: "{{node}}",
          }),
          graph({
            title: "Clock",
            description:
              "How far a node's clock is from the time servers', as the kernel was told. Certificates and tokens depend on it.",
            unit: "s",
            fromZero: false,
            expr: `node_timex_offset_seconds{${nodes}}`,
            legend: "{{node}}",
          }),
          graph({
            title: "Up since",
            description: "Time since the node was started.",
            unit: "s",
            expr: `time() - node_boot_time_seconds{${nodes}}`,
            legend: "{{node}}",
          }),
        ],
      },
    ],
  });
}
