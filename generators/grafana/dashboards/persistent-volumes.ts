import { type DashboardFile, dashboardFile } from "../lib/dashboard.js";
import { graph, stat, table } from "../lib/panels.js";
import { narrowed, once, orNone, reads } from "../lib/variables.js";

const state = reads("kube-state-metrics", "namespace");
const volumes = reads("kube-state-metrics");
const kubelets = reads("kubelet", "namespace");
const recorded = narrowed("cluster", "namespace").join(", ");
const claim = "namespace, persistentvolumeclaim";
const free = "namespace_persistentvolumeclaim:kubelet_volume_stats_available:ratio";
const inodesFree = "namespace_persistentvolumeclaim:kubelet_volume_stats_inodes_free:ratio";

/** Only for claims whose driver reports sizes. Of a raw block volume it reports zeros. */
const told = `and on (${claim}) ${free}{${recorded}}`;

/** Claims and their volumes: how full, how soon full, and what is not bound. */
export function persistentVolumes(): DashboardFile {
  const noClaim = "namespaces without a claim that is mounted, or whose driver cannot tell";
  const telling = "No kubelet tells of a volume: none is mounted, or its driver cannot tell.";
  return dashboardFile({
    name: "persistent-volumes",
    source: "generators/grafana/dashboards/persistent-volumes.ts",
    area: "workloads",
    title: "Persistent volumes",
    description: "Claims and their volumes: how full they are, how soon they will be, and what is not bound.",
    jobs: ["kubelet", "kube-state-metrics"],
    narrowedBy: ["namespace"],
    seeAlso: ["workloads", "kubelet", "node"],
    rows: [
      {
        title: "At a glance",
        panels: [
          stat({
            title: "Claims",
            description: "Claims of the chosen namespaces.",
            unit: "none",
            empty: "None",
            mayBeEmpty: "namespaces without a claim",
            expr: `count(${once(`kube_persistentvolumeclaim_info{${state}}`)})`,
          }),
          stat({
            title: "Claims not bound",
            description: "Claims without a volume: no volume fits, or its class makes one only once a pod wants it.",
            unit: "none",
            bad: [1],
            empty: "None",
            mayBeEmpty: "namespaces without a claim",
            expr: `sum(${once(`kube_persistentvolumeclaim_status_phase{${state}, phase=~"Pending|Lost"}`)})`,
          }),
          stat({
            title: "Volumes not in use",
            ofAll: "a volume is of no namespace",
            description:
              "Volumes of the cluster that no claim has. Released ones keep what their last owner wrote, and their price.",
            unit: "none",
            empty: "None",
            mayBeEmpty: "a cluster without persistent volumes",
            expr: `sum(${once(`kube_persistentvolume_status_phase{${volumes}, phase=~"Available|Released|Failed"}`)})`,
          }),
          stat({
            title: "Asked for",
            description: "Size of all claims of the chosen namespaces together.",
            unit: "bytes",
            empty: "None",
            mayBeEmpty: "namespaces without a claim",
            expr: `sum(${once(`kube_persistentvolumeclaim_resource_requests_storage_bytes{${state}}`)})`,
          }),
          stat({
            title: "Fullest",
            description: "Used share of the fullest volume.",
            unit: "percentunit",
            decimals: 1,
            bad: [0.85, 0.97],
            empty: "None",
            mayBeEmpty: noClaim,
            expr: `1 - min(${free}{${recorded}})`,
          }),
          stat({
            title: "Full within four days",
            description: "Volumes that will be full within four days if they go on as in the last six hours.",
            unit: "none",
            bad: [1],
            empty: "None",
            mayBeEmpty: noClaim,
            // A volume that several nodes mount is one.
            expr: orNone(
              `count(min by (${claim}) (predict_linear(kubelet_volume_stats_available_bytes{${kubelets}}[6h], 4 * 86400)) < 0)`,
              `${free}{${recorded}}`,
            ),
          }),
        ],
      },
      {
        title: "How full",
        panels: [
          table({
            title: "Claims that are mounted",
            description: "Every claim that a kubelet tells of, the fullest first.",
            labels: { namespace: "Namespace", persistentvolumeclaim: "Claim" },
            sortBy: "Used",
            empty: telling,
            mayBeEmpty: noClaim,
            columns: [
              {
                name: "Used",
                unit: "percentunit",
                decimals: 1,
                bad: [0.85, 0.97],
                expr: `1 - min by (${claim}) (${free}{${recorded}})`,
              },
              {
                name: "Inodes used",
                unit: "percentunit",
                decimals: 1,
                bad: [0.85, 0.97],
                expr: `1 - min by (${claim}) (${inodesFree}{${recorded}})`,
              },
              {
                name: "Free",
                unit: "bytes",
                expr: `min by (${claim}) (kubelet_volume_stats_available_bytes{${kubelets}}) ${told}`,
              },
              {
                name: "Size",
                unit: "bytes",
                expr: `max by (${claim}) (kubelet_volume_stats_capacity_bytes{${kubelets}}) ${told}`,
              },
            ],
          }),
          graph({
            title: "Used share",
            description: "Used share of each volume.",
            unit: "percentunit",
            max: 1,
            bad: [0.85, 0.97],
            empty: telling,
            mayBeEmpty: noClaim,
            expr: `1 - ${free}{${recorded}}`,
            legend: "{{namespace}}/{{persistentvolumeclaim}}",
          }),
          graph({
            title: "Growth",
            description: "Bytes per day by which a volume gets fuller, by its trend over six hours.",
            unit: "bytes",
            fromZero: false,
            empty: telling,
            mayBeEmpty: noClaim,
            expr: `max by (${claim}) (deriv(kubelet_volume_stats_used_bytes{${kubelets}}[6h])) * 86400`,
            legend: "{{namespace}}/{{persistentvolumeclaim}}",
          }),
          graph({
            title: "Used",
            description: "Bytes in use on each volume.",
            unit: "bytes",
            empty: telling,
            mayBeEmpty: noClaim,
            expr: `max by (${claim}) (kubelet_volume_stats_used_bytes{${kubelets}}) ${told}`,
            legend: "{{namespace}}/{{persistentvolumeclaim}}",
          }),
          graph({
            title: "Volumes by phase",
            ofAll: "a volume is of no namespace",
            description: "Persistent volumes of the cluster, by phase. Failed and released ones wait for somebody.",
            unit: "none",
            stacked: true,
            mayBeEmpty: "a cluster without persistent volumes",
            expr: `sum by (phase) (${once(`kube_persistentvolume_status_phase{${volumes}}`)})`,
            legend: "{{phase}}",
          }),
        ],
      },
    ],
  });
}
