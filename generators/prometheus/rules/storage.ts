import type { AlertingRule, RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";

const kubelet = 'job="kubelet"';
const state = 'job="kube-state-metrics"';
const claim = "namespace, persistentvolumeclaim";

const last = (metric: string) => `last_over_time(kubelet_volume_stats_${metric}{${kubelet}}[5m])`;

const inodes = `min by (${claim}) (${last("inodes_free")} / (${last("inodes")} > 0))`;

interface VolumeResource {
  readonly alert: string;
  /** Recording rule of the free share, 0 to 1. */
  readonly free: string;
  /** Expression of that share. */
  readonly share: string;
  readonly what: string;
  /** Why the share is as it is. */
  readonly why: string;
}

const freeSpace = "namespace_persistentvolumeclaim:kubelet_volume_stats_available:ratio";
const freeInodes = "namespace_persistentvolumeclaim:kubelet_volume_stats_inodes_free:ratio";

const volumeResources: readonly VolumeResource[] = [
  {
    alert: "KubePersistentVolumeFillingUp",
    free: freeSpace,
    share: lines(
      `min by (${claim}) (${last("available_bytes")} / (${last("capacity_bytes")} > 0)`,
      `unless (${last("available_bytes")} == 0 and ${last("used_bytes")} == 0))`,
    ),
    what: "space",
    why: "Of a raw block device nobody knows what is on it: the kubelet says that nothing is used and nothing available.",
  },
  {
    alert: "KubePersistentVolumeInodesFillingUp",
    free: freeInodes,
    share: lines(`((${inodes} > 0)`, `or (${inodes} and on (${claim}) last_over_time(${freeInodes}[1h])))`),
    what: "inodes",
    why: "A filesystem that makes inodes on demand (CephFS) always says that none is free. On others the last one goes at some time: none is left only where there was one in the last hour, as this rule itself recorded.",
  },
];

/** Persistent volumes: how full they are, and whether each is there. */
export function storage(settings: Settings): RuleFile {
  return {
    subject: "storage",
    about: "Persistent volumes: how full they are, and whether each is there.",
    source: "generators/prometheus/rules/storage.ts",
    jobs: ["kubelet", "kube-state-metrics"],
    groups: [
      {
        name: "storage-volumes",
        interval: "1m",
        why: "A kubelet tells of a claim while one of its pods mounts it, and if the volume's driver can tell: a cluster without claims has none of these series. It looks once a minute.",
        rules: volumeResources.flatMap((resource) => [
          {
            record: resource.free,
            why: `${resource.why} Each node that mounts a volume tells of it. A volume that is only read is as full as it was made; what its claim says holds for an hour, as kube-state-metrics may be away.`,
            expr: lines(resource.share, `unless on (${claim}) ${onlyRead}`),
          },
          ...fillingUp(resource, settings),
        ]),
      },
      {
        name: "storage-state",
        rules: [
          alertingRule({
            alert: "KubePersistentVolumeErrors",
            expr: `max by (persistentvolume, phase) (kube_persistentvolume_status_phase{${state}, phase=~"Failed|Pending"}) == 1`,
            for: "5m",
            severity: "critical",
            summary: "A persistent volume cannot be made or given back.",
            description: "Volume {{ $labels.persistentvolume }} has been {{ $labels.phase }} for 5 minutes.",
          }),
          alertingRule({
            alert: "KubePersistentVolumeClaimLost",
            expr: `max by (${claim}) (kube_persistentvolumeclaim_status_phase{${state}, phase="Lost"}) == 1`,
            for: "5m",
            severity: "critical",
            summary: "A claim has lost its volume.",
            description:
              "The volume of claim {{ $labels.persistentvolumeclaim }} in namespace {{ $labels.namespace }} is gone.",
          }),
        ],
      },
    ],
  };
}

const claimed = (series: string) => `last_over_time(kube_persistentvolumeclaim_${series}[1h])`;

/** A claim that nobody writes to. One may name several modes. */
const onlyRead = lines(
  `(${claimed(`access_mode{${state}, access_mode="ReadOnlyMany"}`)} == 1`,
  `unless on (${claim}) ${claimed(`access_mode{${state}, access_mode=~"ReadWrite.+"}`)} == 1)`,
);

const notExcluded = `unless on (${claim}) ${claimed(`labels{${state}, label_excluded_from_alerts="true"}`)}`;

function fillingUp({ alert, free, what }: VolumeResource, { thresholds }: Settings): readonly AlertingRule[] {
  const { fillingRatio, fillingDays, almostFullRatio } = thresholds.storage;
  const subject = "Claim {{ $labels.persistentvolumeclaim }} in namespace {{ $labels.namespace }}";
  const left = `has {{ $value | humanizePercentage }} of its ${what} left`;
  const why = 'A claim that is meant to be full carries the label `excluded_from_alerts: "true"`.';
  return [
    alertingRule({
      alert,
      why,
      expr: lines(
        `last_over_time(${free}[5m]) < ${fillingRatio} and predict_linear(${free}[6h], ${fillingDays} * 86400) < 0`,
        notExcluded,
      ),
      for: "1h",
      severity: "warning",
      summary: `A persistent volume runs out of ${what} soon.`,
      description: `${subject} ${left} and, going on like this, none within ${fillingDays} days.`,
    }),
    alertingRule({
      alert,
      why,
      expr: lines(`last_over_time(${free}[5m]) < ${almostFullRatio}`, notExcluded),
      for: "2m",
      severity: "critical",
      summary: `A persistent volume has hardly any ${what} left.`,
      description: `${subject} ${left}.`,
    }),
  ];
}
