import type { Settings } from "../../settings/index.js";
import { addressWith, type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat, table } from "../lib/panels.js";
import { narrowed, orNone, reads } from "../lib/variables.js";

const machines = reads("node-exporter");
const state = reads("kube-state-metrics");
const containers = `${reads("cadvisor")}, container!=""`;
const phases = `kube_pod_status_phase{${state}}`;
const ofCluster = narrowed("cluster").join(", ");

/** Share of what the nodes can give that pods asked for. */
function askedFor(resource: "cpu" | "memory"): string {
  return [
    `sum(namespace:kube_pod_container_resource_requests:sum{${ofCluster}, resource="${resource}"})`,
    `sum(max by (node) (kube_node_status_allocatable{${state}, resource="${resource}"}))`,
  ].join(" / ");
}

/** The first page: is anything wrong, and is there room. */
export function cluster({ thresholds, runbooks }: Settings): DashboardFile {
  const limits = thresholds.node;
  return dashboardFile({
    name: "cluster",
    source: "generators/grafana/dashboards/cluster.ts",
    area: "cluster",
    title: "Cluster overview",
    description: "Whether anything is wrong, how much room is left, and where to look next.",
    jobs: ["node-exporter", "kubelet", "cadvisor", "kube-state-metrics", "kubernetes-apiservers"],
    seeAlso: ["node", "workloads", "kubernetes-apiservers", "persistent-volumes", "prometheus"],
    rows: [
      {
        title: "Is anything wrong",
        panels: [
          stat({
            title: "Critical alerts",
            description: "Alerts that somebody has to act on at once.",
            unit: "none",
            bad: [1],
            expr: `count(ALERTS{${ofCluster}, alertstate="firing", severity="critical"}) or vector(0)`,
          }),
          stat({
            title: "Warnings",
            description: "Alerts that somebody has to act on in working hours.",
            unit: "none",
            bad: [1],
            expr: `count(ALERTS{${ofCluster}, alertstate="firing", severity="warning"}) or vector(0)`,
          }),
          stat({
            title: "Nodes not ready",
            description: "Nodes that do not take pods, or whose kubelet is not heard of.",
            unit: "none",
            bad: [1],
            expr: orNone(
              `count(max by (node) (kube_node_info{${state}}) unless on (node) kube_node_status_condition{${state}, condition="Ready", status="true"} == 1)`,
              `kube_node_info{${state}}`,
            ),
          }),
          stat({
            title: "Pods not ready",
            description:
              "Pods that should run and serve, and do not: also those that find no node. Pods that are done or evicted do not count.",
            unit: "none",
            bad: [1],
            expr: orNone(
              [
                `count(max by (namespace, pod) (kube_pod_status_phase{${state}, phase=~"Pending|Running|Unknown"}) == 1`,
                `unless on (namespace, pod) kube_pod_status_ready{${state}, condition="true"} == 1)`,
              ].join(" "),
              phases,
            ),
          }),
          stat({
            title: "Targets down",
            description: "Targets of every job that did not answer the last scrape.",
            unit: "none",
            bad: [1],
            expr: `count(up{${ofCluster}} == 0) or vector(0)`,
          }),
          stat({
            title: "API server's bad answers",
            description: "Share of the requests within an hour that failed or were too slow.",
            unit: "percentunit",
            decimals: 2,
            bad: [1 - thresholds.kubernetesApiservers.objectiveRatio],
            expr: `max(cluster:apiserver_requests_bad:ratio_1h{${ofCluster}})`,
          }),
          table({
            title: "Alerts that fire",
            description:
              "Every alert that fires now, the worst first. A click on its name leads to its runbook, one on its pod or node to what that uses.",
            labels: { severity: "Severity", alertname: "Alert", namespace: "Namespace", pod: "Pod", node: "Node" },
            links: {
              alertname: { title: "Runbook", url: `${runbooks}/\${__value.raw}.md` },
              namespace: { title: "Workloads by namespace", url: addressWith("workloads", "namespace") },
              pod: { title: "Container resources", url: addressWith("containers", "pod") },
              node: { title: "Node resources", url: addressWith("node", "node") },
            },
            columns: [
              {
                name: "How many",
                unit: "none",
                expr: `count by (severity, alertname, namespace, pod, node) (ALERTS{${ofCluster}, alertstate="firing", severity!="none"})`,
              },
            ],
            height: 7,
            empty: "No alert fires.",
            mayBeEmpty: "a cluster in which all is well",
          }),
        ],
      },
      {
        title: "Room",
        panels: [
          stat({
            title: "Processors in use",
            description: "Share of all nodes' processors that work.",
            unit: "percentunit",
            decimals: 1,
            bad: [limits.cpuBusyRatio],
            // Each processor counts the same, not each node.
            expr: `1 - sum(rate(node_cpu_seconds_total{${machines}, mode=~"idle|iowait"}[5m])) / sum(rate(node_cpu_seconds_total{${machines}}[5m]))`,
          }),
          stat({
            title: "Processors asked for",
            description:
              "Share of what the nodes can give that pods asked for. At one, the scheduler places nothing more.",
            unit: "percentunit",
            decimals: 1,
            bad: [0.9],
            expr: askedFor("cpu"),
          }),
          stat({
            title: "Memory in use",
            description: "Share of all nodes' memory that cannot be given away.",
            unit: "percentunit",
            decimals: 1,
            bad: [limits.memoryUsedRatio],
            expr: `1 - sum(node_memory_MemAvailable_bytes{${machines}}) / sum(node_memory_MemTotal_bytes{${machines}})`,
          }),
          stat({
            title: "Memory asked for",
            description:
              "Share of what the nodes can give that pods asked for. At one, the scheduler places nothing more.",
            unit: "percentunit",
            decimals: 1,
            bad: [0.9],
            expr: askedFor("memory"),
          }),
          stat({
            title: "Pods",
            description: "Share of the pods that the nodes may run.",
            unit: "percentunit",
            decimals: 1,
            bad: [0.9],
            expr: `sum(kubelet_running_pods{${reads("kubelet")}}) / sum(max by (node) (kube_node_status_allocatable{${state}, resource="pods"}))`,
          }),
          stat({
            title: "Fullest filesystem",
            description: "Used share of the fullest filesystem of any node.",
            unit: "percentunit",
            decimals: 1,
            bad: [1 - limits.filesystemAlmostOutWarningRatio, 1 - limits.filesystemAlmostOutCriticalRatio],
            expr: `1 - min(instance_device:node_filesystem_avail:ratio{${machines}})`,
          }),
          graph({
            title: "Processors by namespace",
            description: "Processors that the containers of a namespace keep at work.",
            unit: "suffix: cores",
            stacked: true,
            expr: `sum by (namespace) (rate(container_cpu_usage_seconds_total{${containers}}[$__rate_interval]))`,
            legend: "{{namespace}}",
          }),
          graph({
            title: "Memory by namespace",
            description: "Memory that the containers of a namespace hold.",
            unit: "bytes",
            stacked: true,
            expr: `sum by (namespace) (container_memory_working_set_bytes{${containers}})`,
            legend: "{{namespace}}",
          }),
        ],
      },
      {
        title: "Nodes and targets",
        panels: [
          table({
            title: "Nodes",
            description: "Every node that a kubelet registered; a click leads to what it has and uses.",
            labels: { node: "Node" },
            sortBy: "Processors busy",
            width: 14,
            links: { node: { title: "Node resources", url: addressWith("node", "node") } },
            columns: [
              {
                name: "Ready",
                unit: "bool_yes_no",
                expr: `max by (node) (kube_node_status_condition{${state}, condition="Ready", status="true"})`,
              },
              {
                name: "Processors busy",
                unit: "percentunit",
                decimals: 1,
                bad: [limits.cpuBusyRatio],
                expr: `max by (node) (instance:node_cpu_busy:ratio_rate5m{${machines}})`,
              },
              {
                name: "Memory used",
                unit: "percentunit",
                decimals: 1,
                bad: [limits.memoryUsedRatio],
                expr: `max by (node) (instance:node_memory_used:ratio{${machines}})`,
              },
              {
                name: "Fullest filesystem",
                unit: "percentunit",
                decimals: 1,
                expr: `1 - min by (node) (instance_device:node_filesystem_avail:ratio{${machines}})`,
              },
              {
                name: "Pods",
                unit: "none",
                expr: `max by (node) (kubelet_running_pods{${reads("kubelet")}})`,
              },
            ],
          }),
          table({
            title: "Targets",
            description: "Targets of every job, and how many of them answered the last scrape.",
            labels: { job: "Job" },
            sortBy: "Targets",
            width: 10,
            columns: [
              { name: "Targets", unit: "none", expr: `count by (job) (up{${ofCluster}})` },
              { name: "Up", unit: "none", expr: `sum by (job) (up{${ofCluster}})` },
            ],
          }),
        ],
      },
    ],
  });
}
