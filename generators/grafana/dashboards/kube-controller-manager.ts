import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph } from "../lib/panels.js";
import { reads } from "../lib/variables.js";
import { clientRequests } from "./client-requests.js";
import { process } from "./process.js";

const managers = reads("kube-controller-manager");

/** The controller manager: the work of its controllers, and what waits to be done. */
export function kubeControllerManager(): DashboardFile {
  return dashboardFile({
    name: "kube-controller-manager",
    source: "generators/grafana/dashboards/kube-controller-manager.ts",
    area: "control-plane",
    title: "Controller manager",
    description: "The controllers that make the cluster what was asked for: their queues, their speed, their failures.",
    jobs: ["kube-controller-manager"],
    seeAlso: ["kubernetes-apiservers", "cluster"],
    rows: [
      {
        title: "Queues",
        panels: [
          graph({
            title: "Work that waits",
            description: "Objects in the queues of the ten controllers that are most behind.",
            unit: "none",
            expr: `topk(10, sum by (name) (workqueue_depth{${managers}}))`,
            legend: "{{name}}",
          }),
          graph({
            title: "Work taken up",
            description: "Objects per second that come into the ten busiest queues.",
            unit: "ops",
            expr: `topk(10, sum by (name) (rate(workqueue_adds_total{${managers}}[$__rate_interval])))`,
            legend: "{{name}}",
          }),
          graph({
            title: "Tried again",
            description: "Objects per second that a controller could not finish and put back: the ten worst.",
            unit: "ops",
            expr: `topk(10, sum by (name) (rate(workqueue_retries_total{${managers}}[$__rate_interval])))`,
            legend: "{{name}}",
          }),
          clientRequests(managers),
        ],
      },
      process(managers, "{{instance}}"),
    ],
  });
}
