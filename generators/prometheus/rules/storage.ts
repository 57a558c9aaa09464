import type { AlertingRule, RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { lines } from "./lines.js";

const kubelet = 'job="kubelet"';
const state = 'job="kube-state-metrics"';
const claim = "namespace, persistentvolumeclaim";

interface VolumeResource {
  readonly alert: string;
  /** Recording rule of the free share, 0 to 1. */
  readonly free: string;
  readonly available: string;
  readonly total: string;
  readonly what: string;
}

const volumeResources: readonly VolumeResource[] = [
  {
    alert: "KubePersistentVolumeFillingUp",
    free: "namespace_persistentvolumeclaim:kubelet_volume_stats_available:ratio",
    available: "kubelet_volume_stats_available_bytes",
    total: "kubelet_volume_stats_capacity_bytes",
    what: "space",
  },
  {
    alert: "KubePersistentVolumeInodesFillingUp",
    free: "namespace_persistentvolumeclaim:kubelet_volume_stats_inodes_free:ratio",
    available: "kubelet_volume_stats_inodes_free",
    total: "kubelet_volume_stats_inodes",
    what: "inodes",
  },
];

/**
 * Persistent volumes. A kubelet tells of a claim while one of its pods mounts it, and if the volume's driver can tell: a
 * cluster without claims has none of these series.
 */
export function storage(settings: Settings): RuleFile {
  return {
    subject: "storage",
    source: "generators/prometheus/rules/storage.ts",
    jobs: ["kubelet", "kube-state-metrics"],
    groups: [
      {
        name: "storage-volumes",
        // The kubelet itself looks once a minute.
        interval: "1m",
        rules: volumeResources.flatMap((resource) => [
          {
            record: resource.free,
            // A volume that several nodes mount is told of by each. One that is only read is as full as it was made.
            expr: lines(
              `min by (${claim}) (${resource.available}{${kubelet}} / (${resource.total}{${kubelet}} > 0))`,
              `unless on (${claim}) kube_persistentvolumeclaim_access_mode{${state}, access_mode="ReadOnlyMany"} == 1`,
            ),
          },
          ...fillingUp(resource, settings),
        ]),
      },
      {
        name: "storage-state",
        rules: [
          {
            alert: "KubePersistentVolumeErrors",
            expr: `max by (persistentvolume, phase) (kube_persistentvolume_status_phase{${state}, phase=~"Failed|Pending"}) == 1`,
            for: "5m",
            labels: { severity: "critical" },
            annotations: {
              summary: "A persistent volume cannot be made or given back.",
              description: "Volume {{ $labels.persistentvolume }} has been {{ $labels.phase }} for 5 minutes.",
            },
          },
          {
            alert: "KubePersistentVolumeClaimLost",
            expr: `max by (${claim}) (kube_persistentvolumeclaim_status_phase{${state}, phase="Lost"}) == 1`,
            for: "5m",
            labels: { severity: "critical" },
            annotations: {
              summary: "A claim has lost its volume.",
              description:
                "The volume of claim {{ $labels.persistentvolumeclaim }} in namespace {{ $labels.namespace }} is gone.",
            },
          },
        ],
      },
    ],
  };
}

function fillingUp({ alert, free, what }: VolumeResource, { thresholds }: Settings): readonly AlertingRule[] {
  const { fillingRatio, fillingDays, almostFullRatio } = thresholds.storage;
  const subject = "Claim {{ $labels.persistentvolumeclaim }} in namespace {{ $labels.namespace }}";
  const left = `has {{ $value | humanizePercentage }} of its ${what} left`;
  return [
    {
      alert,
      expr: `${free} < ${fillingRatio} and predict_linear(${free}[6h], ${fillingDays} * 86400) < 0`,
      for: "1h",
      labels: { severity: "warning" },
      annotations: {
        summary: `A persistent volume runs out of ${what} soon.`,
        description: `${subject} ${left} and, going on like this, none within ${fillingDays} days.`,
      },
    },
    {
      alert,
      expr: `${free} < ${almostFullRatio}`,
      for: "2m",
      labels: { severity: "critical" },
      annotations: {
        summary: `A persistent volume has hardly any ${what} left.`,
        description: `${subject} ${left}.`,
      },
    },
  ];
}
