import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, type Query, stat, table } from "../lib/panels.js";
import { once, reads } from "../lib/variables.js";

// The kubelet counts whole pods and groups of pods too: those have no container's name, and would count everything twice.
const running = `${reads("cadvisor", "node", "namespace", "workload", "pod")}, container!=""`;
const pods = `${reads("cadvisor", "node", "namespace", "workload", "pod")}, pod!=""`;
const declared = reads("kube-state-metrics", "node", "namespace", "workload", "pod");
const state = reads("kube-state-metrics", "namespace", "workload", "pod");

const container = "namespace, pod, container";
const most = 15;

/** What the containers of pods that are not done asked for, or may use at most. */
function promised(what: "requests" | "limits", resource: "cpu" | "memory"): string {
  return [
    `max by (${container}) (kube_pod_container_resource_${what}{${declared}, resource="${resource}"}`,
    `and on (namespace, pod) kube_pod_status_phase{${state}, phase=~"Pending|Running"} == 1)`,
  ].join(" ");
}

/** Use of all chosen containers, beside what they asked for and may use. */
function beside(used: string, resource: "cpu" | "memory"): Query[] {
  return [
    { expr: `sum(${used})`, legend: "in use" },
    { expr: `sum(${promised("requests", resource)})`, legend: "asked for" },
    { expr: `sum(${promised("limits", resource)})`, legend: "limit" },
  ];
}

/** The series that are largest at each moment. */
function largest(by: string, expr: string, legend = "{{namespace}}/{{pod}} {{container}}"): Query[] {
  return [{ expr: `topk(${most}, ${by} (${expr}))`, legend }];
}

/** What each container uses, beside what it asked for and may use. */
export function containers(): DashboardFile {
  const noLimits = "a cluster in which no container has such a limit";
  return dashboardFile({
    name: "containers",
    source: "generators/grafana/dashboards/containers.ts",
    area: "workloads",
    title: "Container resources",
    description: `Processor, memory and network of containers, as their kubelets see them. Graphs show the ${most} largest.`,
    jobs: ["cadvisor", "kube-state-metrics", "kubelet"],
    narrowedBy: ["node", "namespace", "workload", "pod"],
    seeAlso: ["workloads", "node", "kubelet"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "Containers",
            description: "Containers that run.",
            unit: "none",
            expr: `count(container_memory_working_set_bytes{${running}})`,
          }),
          stat({
            title: "All processors in use",
            description: "Processors that all chosen containers keep at work.",
            unit: "suffix: cores",
            decimals: 2,
            expr: `sum(rate(container_cpu_usage_seconds_total{${running}}[5m]))`,
          }),
          stat({
            title: "Processors asked for",
            description: "Requests of all chosen containers: what the scheduler keeps free for them.",
            unit: "suffix: cores",
            decimals: 2,
            expr: `sum(${promised("requests", "cpu")})`,
          }),
          stat({
            title: "All memory in use",
            description: "Memory of all chosen containers that the kernel cannot take back.",
            unit: "bytes",
            expr: `sum(container_memory_working_set_bytes{${running}})`,
          }),
          stat({
            title: "Memory asked for",
            description: "Requests of all chosen containers: what the scheduler keeps free for them.",
            unit: "bytes",
            expr: `sum(${promised("requests", "memory")})`,
          }),
          stat({
            title: "Restarts within an hour",
            description: "How often containers were started again.",
            unit: "none",
            decimals: 0,
            bad: [1],
            expr: [
              `sum(${once(`increase(kube_pod_container_status_restarts_total{${state}}[1h])`)}`,
              `and on (namespace, pod) kube_pod_info{${declared}})`,
            ].join(" "),
          }),
        ],
      },
      {
        title: "Processor",
        panels: [
          graph({
            title: "Processors of all chosen",
            description:
              "Processors that the chosen containers keep at work, beside their requests and limits. Choose a pod to see its history.",
            unit: "suffix: cores",
            queries: beside(`rate(container_cpu_usage_seconds_total{${running}}[$__rate_interval])`, "cpu"),
          }),
          graph({
            title: "Processors in use",
            description: "Processors that a container keeps at work.",
            unit: "suffix: cores",
            queries: largest(
              `sum by (${container})`,
              `rate(container_cpu_usage_seconds_total{${running}}[$__rate_interval])`,
            ),
          }),
          graph({
            title: "Held back by its limit",
            description:
              "Share of the periods in which a container wanted more processor than its limit allows, and had to wait. Its answers get slow although the node has room.",
            unit: "percentunit",
            max: 1,
            empty: "No container has a CPU limit.",
            mayBeEmpty: noLimits,
            expr: [
              `topk(${most}, sum by (${container}) (rate(container_cpu_cfs_throttled_periods_total{${running}}[$__rate_interval]))`,
              `/ sum by (${container}) (rate(container_cpu_cfs_periods_total{${running}}[$__rate_interval]) > 0))`,
            ].join(" "),
            legend: "{{namespace}}/{{pod}} {{container}}",
          }),
          graph({
            title: "Use of what was asked for",
            description:
              "Processors in use as a share of the request. Far below one, others go without; far above, the container lives on what nobody else happens to use.",
            unit: "percentunit",
            expr: [
              `topk(${most}, sum by (${container}) (rate(container_cpu_usage_seconds_total{${running}}[$__rate_interval]))`,
              `/ on (${container}) (${promised("requests", "cpu")} > 0))`,
            ].join(" "),
            legend: "{{namespace}}/{{pod}} {{container}}",
          }),
          graph({
            title: "Threads",
            description: "Threads of a container. They cost memory, and there is a largest number for each node.",
            unit: "none",
            queries: largest(`sum by (${container})`, `container_threads{${running}}`),
          }),
        ],
      },
      {
        title: "Memory",
        panels: [
          graph({
            title: "Memory of all chosen",
            description:
              "Memory that the chosen containers hold, beside their requests and limits. Choose a pod to see its history.",
            unit: "bytes",
            queries: beside(`container_memory_working_set_bytes{${running}}`, "memory"),
          }),
          graph({
            title: "Memory in use",
            description: "Memory of a container that the kernel cannot take back. At its limit the container is ended.",
            unit: "bytes",
            queries: largest(`sum by (${container})`, `container_memory_working_set_bytes{${running}}`),
          }),
          graph({
            title: "Use of its limit",
            description: "Memory in use as a share of the limit. At one the container is ended.",
            unit: "percentunit",
            bad: [0.9],
            empty: "No container has a memory limit.",
            mayBeEmpty: noLimits,
            expr: [
              `topk(${most}, sum by (${container}) (container_memory_working_set_bytes{${running}})`,
              `/ on (${container}) (${promised("limits", "memory")} > 0))`,
            ].join(" "),
            legend: "{{namespace}}/{{pod}} {{container}}",
          }),
          graph({
            title: "Ended for want of memory",
            description: "How often processes of a container were ended by the kernel within five minutes.",
            unit: "none",
            decimals: 0,
            empty: "No container was ended for want of memory.",
            mayBeEmpty: "containers that get along with their memory",
            expr: `sum by (${container}) (increase(container_oom_events_total{${running}}[5m])) > 0`,
            legend: "{{namespace}}/{{pod}} {{container}}",
          }),
          graph({
            title: "Pages read back from disk",
            description:
              "Major page faults per second. Much of it means that code and files do not fit beside the data.",
            unit: "ops",
            queries: largest(
              `sum by (${container})`,
              `rate(container_memory_failures_total{${running}, failure_type="pgmajfault", scope="container"}[$__rate_interval])`,
            ),
          }),
        ],
      },
      {
        title: "Network",
        panels: [
          graph({
            title: "Received",
            description:
              "Bytes per second that a pod receives. Pods in the host's network are not told apart, and not here.",
            unit: "Bps",
            queries: largest(
              "sum by (namespace, pod)",
              `rate(container_network_receive_bytes_total{${pods}}[$__rate_interval])`,
              "{{namespace}}/{{pod}}",
            ),
          }),
          graph({
            title: "Sent",
            description:
              "Bytes per second that a pod sends. Pods in the host's network are not told apart, and not here.",
            unit: "Bps",
            queries: largest(
              "sum by (namespace, pod)",
              `rate(container_network_transmit_bytes_total{${pods}}[$__rate_interval])`,
              "{{namespace}}/{{pod}}",
            ),
          }),
          graph({
            title: "Packets dropped",
            description: "Packets per second that a pod's interface dropped, in either direction.",
            unit: "pps",
            queries: largest(
              "sum by (namespace, pod)",
              `rate(container_network_receive_packets_dropped_total{${pods}}[$__rate_interval]) + rate(container_network_transmit_packets_dropped_total{${pods}}[$__rate_interval])`,
              "{{namespace}}/{{pod}}",
            ),
          }),
          graph({
            title: "Open sockets",
            description: "Sockets of a container. A number that only grows is a leak.",
            unit: "none",
            queries: largest(`sum by (${container})`, `container_sockets{${running}}`),
          }),
        ],
      },
      {
        title: "Every container",
        panels: [
          table({
            title: "Used, asked for and allowed",
            description: "What each container uses now, beside its requests and its memory limit.",
            labels: { namespace: "Namespace", pod: "Pod", container: "Container" },
            sortBy: "Memory",
            height: 12,
            columns: [
              {
                name: "CPU",
                unit: "none",
                decimals: 3,
                expr: `sum by (${container}) (rate(container_cpu_usage_seconds_total{${running}}[5m]))`,
              },
              {
                name: "CPU asked for",
                unit: "none",
                decimals: 3,
                expr: promised("requests", "cpu"),
              },
              {
                name: "Memory",
                unit: "bytes",
                expr: `sum by (${container}) (container_memory_working_set_bytes{${running}})`,
              },
              {
                name: "Memory asked for",
                unit: "bytes",
                expr: promised("requests", "memory"),
              },
              {
                name: "Memory limit",
                unit: "bytes",
                expr: promised("limits", "memory"),
              },
            ],
          }),
        ],
      },
    ],
  });
}
