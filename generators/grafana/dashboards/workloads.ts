import { addressWith, type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat, table } from "../lib/panels.js";
import { narrowed, once, orNone, reads } from "../lib/variables.js";

const state = reads("kube-state-metrics", "namespace");
const containers = `${reads("cadvisor", "namespace")}, container!=""`;
const pods = `${reads("cadvisor", "namespace")}, pod!=""`;
const recorded = narrowed("cluster", "namespace").join(", ");

function phase(name: string): string {
  return `kube_pod_status_phase{${state}, phase="${name}"}`;
}

function restarts(range: string): string {
  return `increase(kube_pod_container_status_restarts_total{${state}}[${range}])`;
}

/** How many replicas of each kind of workload are missing. */
function missing(kind: string, wanted: string, there: string): string {
  const of = (what: string) => `max by (namespace, ${kind}) (kube_${kind}_${what}{${state}})`;
  return `sum by (namespace) (clamp_min(${of(wanted)} - ${of(there)}, 0))`;
}

/** What runs in each namespace: whether it is as asked for, and what it uses. */
export function workloads(): DashboardFile {
  return dashboardFile({
    name: "workloads",
    source: "generators/grafana/dashboards/workloads.ts",
    area: "workloads",
    title: "Workloads by namespace",
    description: "Deployments, StatefulSets, DaemonSets and Jobs: whether they are as asked for, and what they use.",
    jobs: ["kube-state-metrics", "cadvisor"],
    narrowedBy: ["namespace"],
    seeAlso: ["cluster", "containers", "persistent-volumes"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "Pods that run",
            description: "Pods of the chosen namespaces that are on a node and not done.",
            unit: "none",
            expr: `sum(${once(phase("Running"))})`,
          }),
          stat({
            title: "Pods that wait",
            description: "Pods without a node, without a volume, or whose image is being pulled.",
            unit: "none",
            bad: [1],
            expr: `sum(${once(phase("Pending"))})`,
          }),
          stat({
            title: "Pods that failed",
            description: "Pods that ended with an error and were left as they are.",
            unit: "none",
            bad: [1],
            expr: `sum(${once(phase("Failed"))})`,
          }),
          stat({
            title: "Containers that wait",
            description: "Containers that the kubelet has not started, for whatever reason.",
            unit: "none",
            bad: [1],
            expr: `sum(${once(`kube_pod_container_status_waiting{${state}}`)})`,
          }),
          stat({
            title: "Restarts within an hour",
            description: "How often containers were started again.",
            unit: "none",
            decimals: 0,
            bad: [1],
            expr: `sum(${once(restarts("1h"))})`,
          }),
          stat({
            title: "Failed Jobs",
            description: "Jobs that gave up.",
            unit: "none",
            bad: [1],
            expr: orNone(
              `count(max by (namespace, job_name) (kube_job_failed{${state}, condition="true"}) == 1)`,
              `kube_pod_status_phase{${state}}`,
            ),
          }),
        ],
      },
      {
        title: "As asked for",
        panels: [
          graph({
            title: "Replicas missing",
            description:
              "Replicas that were asked for and do not serve yet. What does not go back to nothing is stuck.",
            unit: "none",
            stacked: true,
            queries: [
              {
                expr: missing("deployment", "spec_replicas", "status_replicas_available"),
                legend: "{{namespace}} Deployments",
              },
              {
                expr: missing("statefulset", "replicas", "status_replicas_ready"),
                legend: "{{namespace}} StatefulSets",
              },
              {
                expr: missing("daemonset", "status_desired_number_scheduled", "status_number_ready"),
                legend: "{{namespace}} DaemonSets",
              },
            ],
          }),
          graph({
            title: "Pods by phase",
            description: "Pods of the chosen namespaces, by how far each got.",
            unit: "none",
            stacked: true,
            expr: `sum by (phase) (${once(`kube_pod_status_phase{${state}}`)})`,
            legend: "{{phase}}",
          }),
          table({
            title: "Deployments",
            description: "Replicas of every Deployment: asked for, ready, and of the newest template.",
            labels: { namespace: "Namespace", deployment: "Deployment" },
            sortBy: "Asked for",
            width: 12,
            mayBeEmpty: "namespaces without a Deployment",
            columns: [
              {
                name: "Asked for",
                unit: "none",
                expr: `max by (namespace, deployment) (kube_deployment_spec_replicas{${state}})`,
              },
              {
                name: "Ready",
                unit: "none",
                expr: `max by (namespace, deployment) (kube_deployment_status_replicas_ready{${state}})`,
              },
              {
                name: "Newest",
                unit: "none",
                expr: `max by (namespace, deployment) (kube_deployment_status_replicas_updated{${state}})`,
              },
            ],
          }),
          table({
            title: "StatefulSets",
            description: "Replicas of every StatefulSet: asked for, ready, and of the newest template.",
            labels: { namespace: "Namespace", statefulset: "StatefulSet" },
            sortBy: "Asked for",
            width: 12,
            empty: "There is no StatefulSet.",
            mayBeEmpty: "namespaces without a StatefulSet",
            columns: [
              {
                name: "Asked for",
                unit: "none",
                expr: `max by (namespace, statefulset) (kube_statefulset_replicas{${state}})`,
              },
              {
                name: "Ready",
                unit: "none",
                expr: `max by (namespace, statefulset) (kube_statefulset_status_replicas_ready{${state}})`,
              },
              {
                name: "Newest",
                unit: "none",
                expr: `max by (namespace, statefulset) (kube_statefulset_status_replicas_updated{${state}})`,
              },
            ],
          }),
          table({
            title: "DaemonSets",
            description: "Nodes that every DaemonSet wants, and on how many its pod is ready and newest.",
            labels: { namespace: "Namespace", daemonset: "DaemonSet" },
            sortBy: "Nodes",
            width: 12,
            mayBeEmpty: "namespaces without a DaemonSet",
            columns: [
              {
                name: "Nodes",
                unit: "none",
                expr: `max by (namespace, daemonset) (kube_daemonset_status_desired_number_scheduled{${state}})`,
              },
              {
                name: "Ready",
                unit: "none",
                expr: `max by (namespace, daemonset) (kube_daemonset_status_number_ready{${state}})`,
              },
              {
                name: "Newest",
                unit: "none",
                expr: `max by (namespace, daemonset) (kube_daemonset_status_updated_number_scheduled{${state}})`,
              },
            ],
          }),
          table({
            title: "Why containers wait",
            description: "Containers that the kubelet has not started, and its reason.",
            labels: { namespace: "Namespace", pod: "Pod", container: "Container", reason: "Reason" },
            width: 12,
            empty: "No container waits.",
            mayBeEmpty: "pods that all run",
            columns: [
              {
                name: "Waits",
                unit: "bool_yes_no",
                expr: `max by (namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{${state}} == 1)`,
              },
            ],
          }),
          graph({
            title: "Autoscalers at their limit",
            description: "Replicas an autoscaler wants as a share of the most it may have. At one it can do no more.",
            unit: "percentunit",
            bad: [1],
            empty: "There is no HorizontalPodAutoscaler.",
            mayBeEmpty: "namespaces without a HorizontalPodAutoscaler",
            expr: [
              `max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_desired_replicas{${state}})`,
              `/ max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{${state}})`,
            ].join(" "),
            legend: "{{namespace}}/{{horizontalpodautoscaler}}",
          }),
          graph({
            title: "Quotas",
            description: "Used share of each quota. At one, nothing more of it is admitted.",
            unit: "percentunit",
            bad: [0.9, 1],
            empty: "There is no ResourceQuota.",
            mayBeEmpty: "namespaces without a ResourceQuota",
            expr: `namespace_resourcequota:kube_resourcequota_used:ratio{${recorded}}`,
            legend: "{{namespace}} {{resourcequota}} {{resource}}",
          }),
        ],
      },
      {
        title: "What they use",
        panels: [
          table({
            title: "Namespaces",
            description: "What each namespace uses and asked for; a click leads to its containers.",
            labels: { namespace: "Namespace" },
            sortBy: "Memory",
            links: { namespace: { title: "Container resources", url: addressWith("containers", "namespace") } },
            columns: [
              {
                name: "Pods",
                unit: "none",
                expr: `sum by (namespace) (${once(phase("Running"))})`,
              },
              {
                name: "CPU",
                unit: "none",
                decimals: 3,
                expr: `sum by (namespace) (rate(container_cpu_usage_seconds_total{${containers}}[5m]))`,
              },
              {
                name: "CPU asked for",
                unit: "none",
                decimals: 3,
                expr: `sum by (namespace) (namespace:kube_pod_container_resource_requests:sum{${recorded}, resource="cpu"})`,
              },
              {
                name: "Memory",
                unit: "bytes",
                expr: `sum by (namespace) (container_memory_working_set_bytes{${containers}})`,
              },
              {
                name: "Memory asked for",
                unit: "bytes",
                expr: `sum by (namespace) (namespace:kube_pod_container_resource_requests:sum{${recorded}, resource="memory"})`,
              },
            ],
          }),
          graph({
            title: "Processors",
            description: "Processors that the containers of a namespace keep at work.",
            unit: "suffix: cores",
            stacked: true,
            expr: `sum by (namespace) (rate(container_cpu_usage_seconds_total{${containers}}[$__rate_interval]))`,
            legend: "{{namespace}}",
          }),
          graph({
            title: "Memory",
            description: "Memory that the containers of a namespace hold.",
            unit: "bytes",
            stacked: true,
            expr: `sum by (namespace) (container_memory_working_set_bytes{${containers}})`,
            legend: "{{namespace}}",
          }),
          graph({
            title: "Network",
            description: "Bytes per second of a namespace's pods; receiving is above zero, sending below.",
            unit: "Bps",
            fromZero: false,
            queries: [
              {
                expr: `sum by (namespace) (rate(container_network_receive_bytes_total{${pods}}[$__rate_interval]))`,
                legend: "{{namespace}} received",
              },
              {
                expr: `-sum by (namespace) (rate(container_network_transmit_bytes_total{${pods}}[$__rate_interval]))`,
                legend: "{{namespace}} sent",
              },
            ],
          }),
          graph({
            title: "Restarts",
            description: "How often containers of a namespace were started again within ten minutes.",
            unit: "none",
            decimals: 0,
            expr: `sum by (namespace) (${once(restarts("10m"))})`,
            legend: "{{namespace}}",
          }),
        ],
      },
    ],
  });
}
