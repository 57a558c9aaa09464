import type { HistogramForm } from "../../../metrics/promql/histogram.js";
import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph } from "../lib/panels.js";
import { reads } from "../lib/variables.js";
import { clientRequests } from "./client-requests.js";
import { process } from "./process.js";
import { slowest } from "./slowest.js";

const proxies = reads("kube-proxy", "node");

/** kube-proxy: how soon the nodes follow a change of Services. */
export function kubeProxy(form: HistogramForm): DashboardFile {
  return dashboardFile({
    name: "kube-proxy",
    source: "generators/grafana/dashboards/kube-proxy.ts",
    area: "control-plane",
    title: "kube-proxy",
    description: "How soon each node sends traffic where a Service's pods are now.",
    jobs: ["kube-proxy", "kubelet"],
    narrowedBy: ["node"],
    seeAlso: ["node", "kubernetes-apiservers"],
    rows: [
      {
        title: "Rules of the network",
        panels: [
          graph({
            title: "Time from change to effect",
            description: "Within this time 99 of 100 changes of a Service's pods were in force on the node.",
            unit: "s",
            mayBeEmpty: "no Service changed in the range",
            expr: slowest(form, "kubeproxy_network_programming_duration_seconds", proxies, "node"),
            legend: "{{node}}",
          }),
          graph({
            title: "Time to write the rules",
            description: "Within this time 99 of 100 updates of a node's rules were done.",
            unit: "s",
            mayBeEmpty: "no Service changed in the range",
            expr: slowest(form, "kubeproxy_sync_proxy_rules_duration_seconds", proxies, "node"),
            legend: "{{node}}",
          }),
          graph({
            title: "Time since the last update",
            description:
              "How long ago a node's rules were written for the last time. Where nothing changes, nothing is written.",
            unit: "s",
            expr: `time() - max by (node) (kubeproxy_sync_proxy_rules_last_timestamp_seconds{${proxies}})`,
            legend: "{{node}}",
          }),
          clientRequests(proxies),
        ],
      },
      process(proxies, "{{node}}"),
    ],
  });
}
