import type { HistogramForm } from "../../../metrics/promql/histogram.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat } from "../lib/panels.js";
import { reads } from "../lib/variables.js";
import { process } from "./process.js";
import { slowest } from "./slowest.js";

const kubelets = reads("kubelet", "node");

/** The kubelets: the pods they run, and how long each step of that takes. */
export function kubelet(form: HistogramForm): DashboardFile {
  return dashboardFile({
    name: "kubelet",
    source: "generators/grafana/dashboards/kubelet.ts",
    area: "nodes",
    title: "Kubelets",
    description: "What the kubelets run, and how long each step takes: the container runtime, volumes, the API server.",
    jobs: ["kubelet"],
    narrowedBy: ["node"],
    seeAlso: ["node", "containers", "persistent-volumes"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "Kubelets up",
            description: "Kubelets that answered the last scrape.",
            unit: "none",
            expr: `sum(up{${kubelets}})`,
          }),
          stat({
            title: "Pods",
            description: "Pods whose sandbox runs.",
            unit: "none",
            expr: `sum(kubelet_running_pods{${kubelets}})`,
          }),
          stat({
            title: "Containers",
            description: "Containers that run.",
            unit: "none",
            expr: `sum(kubelet_running_containers{${kubelets}, container_state="running"})`,
          }),
          stat({
            title: "Volumes",
            description: "Volumes that are mounted for pods.",
            unit: "none",
            expr: `sum(volume_manager_total_volumes{${kubelets}, state="actual_state_of_world"})`,
          }),
          stat({
            title: "Failed runtime calls",
            description:
              "Calls to the container runtime that failed within an hour. Asking for a container that is gone counts too.",
            unit: "none",
            decimals: 0,
            mayBeEmpty: "kubelets whose runtime never failed",
            empty: "None",
            expr: `sum(increase(kubelet_runtime_operations_errors_total{${kubelets}}[1h]))`,
          }),
          stat({
            title: "Evictions within an hour",
            description: "Pods that a kubelet ended because its node ran out of something.",
            unit: "none",
            decimals: 0,
            bad: [1],
            mayBeEmpty: "nodes that never ran out of anything",
            empty: "None",
            expr: `sum(increase(kubelet_evictions{${kubelets}}[1h]))`,
          }),
        ],
      },
      {
        title: "Pods",
        panels: [
          graph({
            title: "Pods by node",
            description: "Pods that run on each node.",
            unit: "none",
            expr: `kubelet_running_pods{${kubelets}}`,
            legend: "{{node}}",
          }),
          graph({
            title: "Time to start a pod",
            description:
              "Within this time 99 of 100 pods were running after the kubelet saw them; pulling images is not counted.",
            unit: "s",
            mayBeEmpty: "no pod was started in the range",
            expr: slowest(form, "kubelet_pod_start_sli_duration_seconds", kubelets, "node"),
            legend: "{{node}}",
          }),
          graph({
            title: "Time to look after a pod",
            description: "Within this time 99 of 100 pods were brought to what was asked for, by kind of work.",
            unit: "s",
            mayBeEmpty: "no pod changed in the range",
            expr: slowest(form, "kubelet_pod_worker_duration_seconds", kubelets, "node", "operation_type"),
            legend: "{{node}} {{operation_type}}",
          }),
          graph({
            title: "Time to list what runs",
            description:
              "Within this time 99 of 100 looks at the runtime's containers were done. Above three minutes the node is not ready.",
            unit: "s",
            expr: slowest(form, "kubelet_pleg_relist_duration_seconds", kubelets, "node"),
            legend: "{{node}}",
          }),
        ],
      },
      {
        title: "Container runtime and volumes",
        panels: [
          graph({
            title: "Runtime calls",
            description: "Calls to the container runtime per second, by kind.",
            unit: "ops",
            expr: `sum by (operation_type) (rate(kubelet_runtime_operations_total{${kubelets}}[$__rate_interval]))`,
            legend: "{{operation_type}}",
          }),
          graph({
            title: "Time of a runtime call",
            description:
              "Within this time 99 of 100 calls were answered, by kind. Pulling an image takes as long as it takes.",
            unit: "s",
            expr: slowest(form, "kubelet_runtime_operations_duration_seconds", kubelets, "operation_type"),
            legend: "{{operation_type}}",
          }),
          graph({
            title: "Failed runtime calls by kind",
            description: "Calls to the container runtime per second that failed.",
            unit: "ops",
            empty: "No call failed.",
            mayBeEmpty: "kubelets whose runtime never failed",
            expr: `sum by (node, operation_type) (rate(kubelet_runtime_operations_errors_total{${kubelets}}[$__rate_interval]))`,
            legend: "{{node}} {{operation_type}}",
          }),
          graph({
            title: "Time of a volume's step",
            description: "Within this time 99 of 100 steps of mounting, unmounting or attaching a volume were done.",
            unit: "s",
            mayBeEmpty: "no volume was mounted in the range",
            expr: slowest(form, "storage_operation_duration_seconds", kubelets, "operation_name"),
            legend: "{{operation_name}}",
          }),
          graph({
            title: "Volumes asked for and mounted",
            description: "Two lines that stay apart are volumes that cannot be mounted, or not be let go.",
            unit: "none",
            expr: `sum by (node, state) (volume_manager_total_volumes{${kubelets}})`,
            legend: "{{node}} {{state}}",
          }),
          graph({
            title: "Requests to the API server",
            description:
              "Requests per second by status code. Other than 2xx, above all `<error>`, the kubelet does not get through.",
            unit: "reqps",
            expr: `sum by (code) (rate(rest_client_requests_total{${kubelets}}[$__rate_interval]))`,
            legend: "{{code}}",
          }),
        ],
      },
      process(kubelets, "{{node}}"),
    ],
  });
}
