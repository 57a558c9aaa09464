import type { HistogramForm } from "../../../metrics/promql/histogram.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph } from "../lib/panels.js";
import { reads } from "../lib/variables.js";
import { clientRequests } from "./client-requests.js";
import { process } from "./process.js";
import { slowest } from "./slowest.js";

const schedulers = reads("kube-scheduler");

/** The scheduler: the pods that wait for a node, and how long that takes. */
export function kubeScheduler(form: HistogramForm): DashboardFile {
  return dashboardFile({
    name: "kube-scheduler",
    source: "generators/grafana/dashboards/kube-scheduler.ts",
    area: "control-plane",
    title: "Scheduler",
    description: "Pods that wait for a node, and how long it takes to find one.",
    jobs: ["kube-scheduler"],
    seeAlso: ["kubernetes-apiservers", "cluster"],
    rows: [
      {
        title: "Scheduling",
        panels: [
          graph({
            title: "Pods that wait",
            description:
              "Pods without a node: `active` ones are next, `backoff` ones are tried again soon, `unschedulable` ones fit nowhere.",
            unit: "none",
            expr: `sum by (queue) (scheduler_pending_pods{${schedulers}})`,
            legend: "{{queue}}",
          }),
          graph({
            title: "Attempts",
            description: "Attempts per second to place a pod, by what came of them.",
            unit: "ops",
            expr: `sum by (result) (rate(scheduler_schedule_attempts_total{${schedulers}}[$__rate_interval]))`,
            legend: "{{result}}",
          }),
          graph({
            title: "Time of an attempt",
            description: "Within this time 99 of 100 attempts were done.",
            unit: "s",
            mayBeEmpty: "no pod was scheduled in the range",
            expr: slowest(form, "scheduler_scheduling_attempt_duration_seconds", schedulers, "result"),
            legend: "{{result}}",
          }),
          clientRequests(schedulers),
        ],
      },
      process(schedulers, "{{instance}}"),
    ],
  });
}
