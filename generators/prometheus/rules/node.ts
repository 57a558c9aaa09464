import type { AlertingRule, RuleFile, RuleGroup, Severity } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";

const job = 'job="node-exporter"';

/** Boot partitions. Other folders of `/boot` may be subvolumes of the root, such as `/boot/grub2/...` of SUSE. */
const boot = "/(boot(/(efi.*|firmware))?|efi)";

/** The machines: their filesystems, network, clock, disks, memory and processors. */
export function node(settings: Settings): RuleFile {
  return {
    subject: "node",
    about: "The machines: their filesystems, network, clock, disks, memory and processors.",
    source: "generators/prometheus/rules/node.ts",
    jobs: ["node-exporter", "kubelet"],
    groups: [filesystems(settings), resources(settings), network(settings), clock(settings), exporter(), hardware()],
  };
}

interface FilesystemResource {
  readonly fillingUp: string;
  readonly almostOut: string;
  /** Recording rules of the free share, 0 to 1: of each place where something is mounted, and of each filesystem once. */
  readonly mounted: string;
  readonly free: string;
  readonly what: string;
}

const space: FilesystemResource = {
  fillingUp: "NodeFilesystemSpaceFillingUp",
  almostOut: "NodeFilesystemAlmostOutOfSpace",
  mounted: "instance_mountpoint:node_filesystem_avail:ratio",
  free: "instance_device:node_filesystem_avail:ratio",
  what: "space",
};

const inodes: FilesystemResource = {
  fillingUp: "NodeFilesystemFilesFillingUp",
  almostOut: "NodeFilesystemAlmostOutOfFiles",
  mounted: "instance_mountpoint:node_filesystem_files_free:ratio",
  free: "instance_device:node_filesystem_files_free:ratio",
  what: "inodes",
};

function filesystems({ thresholds, cluster: { podMounts } }: Settings): RuleGroup {
  const {
    filesystemFillingWarningHours: warningHours,
    filesystemFillingWarningRatio: warningBelow,
    filesystemFillingCriticalHours: criticalHours,
    filesystemFillingCriticalRatio: criticalBelow,
    filesystemAlmostOutWarningRatio: almostOut,
    filesystemAlmostOutCriticalRatio: almostOutCritical,
  } = thresholds.node;
  return {
    name: "node-filesystem",
    interval: "1m",
    why: { interval: "A trend of hours is not seen better by asking more often." },
    rules: [
      {
        record: space.mounted,
        why: "What is read-only is full by design, and what is mounted for pods is not the node's.",
        expr: lines(
          `node_filesystem_avail_bytes{${job}} / (node_filesystem_size_bytes{${job}} > 0)`,
          `and ${ownAndWritable(podMounts)}`,
        ),
      },
      {
        record: inodes.mounted,
        why: "CephFS and filesystems in user space make inodes as they need them, and say that none is free.",
        expr: lines(
          `node_filesystem_files_free{${job}, fstype!~"ceph|fuse[.].+"} / (node_filesystem_files{${job}} > 0)`,
          `and ${ownAndWritable(podMounts)}`,
        ),
      },
      ...[space, inodes].map(({ free, mounted }) => ({
        record: free,
        why: "A device that is mounted in many places counts once. It keeps the name of a place only where that says something.",
        expr: oncePerDevice(mounted),
      })),
      ...[space, inodes].flatMap((resource) => [
        fillingUp(resource, "warning", { below: warningBelow, trend: "6h", hours: warningHours }),
        fillingUp(resource, "critical", { below: criticalBelow, trend: "2h", hours: criticalHours }),
        almostFull(resource, "warning", almostOut, almostOutCritical),
        almostFull(resource, "critical", almostOutCritical),
      ]),
      alertingRule({
        alert: "NodeFilesystemUnreadable",
        why: "A folder that only its owner may enter hides the mounts below it, and a file server that hangs hides its own. What another mount covers is `no such file or directory`, and nobody misses it.",
        expr: `min_over_time(node_filesystem_device_error{${job}, device!="shm", mountpoint!~"${podMounts}", device_error!="no such file or directory"}[5m]) == 1`,
        for: "15m",
        severity: "warning",
        summary: "node-exporter cannot see how full a filesystem is.",
        description:
          "{{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.node }} cannot be read: {{ $labels.device_error }}. Nobody is told when it is full.",
      }),
    ],
  };
}

function ownAndWritable(podMounts: string): string {
  return `node_filesystem_readonly{${job}, device!="shm", mountpoint!~"${podMounts}"} == 0`;
}

function oncePerDevice(share: string): string {
  return lines(
    `${share}{device!~"/dev/.+"} or ${share}{mountpoint="/"}`,
    `or on (instance, device) ${share}{mountpoint=~"${boot}"}`,
    `or on (instance, device) (${share} unless on (instance, device) count by (instance, device) (${share}) > 1)`,
    `or on (instance, device) min without (mountpoint) (${share}{device=~"/dev/.+"})`,
  );
}

const where =
  "{{ with $labels.mountpoint }}{{ . }} ({{ end }}{{ $labels.device }}{{ with $labels.mountpoint }}){{ end }} on {{ $labels.node }}";

function fillingUp(
  { fillingUp, free, what }: FilesystemResource,
  severity: Severity,
  { below, trend, hours }: { readonly below: number; readonly trend: string; readonly hours: number },
): AlertingRule {
  return alertingRule({
    alert: fillingUp,
    why: `A step, such as an image or a kernel, is in the trend for hours: so the last half hour has to fall as well.${
      severity === "critical" ? " So near the end, two hours say more than six." : ""
    }`,
    expr: lines(
      `max_over_time(${free}[5m]) < ${below}`,
      `and predict_linear(${free}[${trend}], ${hours} * 3600) < 0`,
      `and predict_linear(${free}[30m], ${hours} * 3600) < 0`,
    ),
    for: "30m",
    severity,
    summary: `A filesystem of a node runs out of ${what} soon.`,
    description: `${where} has {{ $value | humanizePercentage }} of its ${what} left and, going on like this, none within ${hours} hours.`,
  });
}

function almostFull(
  { almostOut, free, what }: FilesystemResource,
  severity: Severity,
  below: number,
  bootBelow?: number,
): AlertingRule {
  const under = (share: number, place: string) => `max_over_time(${free}{mountpoint${place}"${boot}"}[5m]) < ${share}`;
  return alertingRule({
    alert: almostOut,
    why: "Boot partitions are nearly full at all times, as only new kernels are written there: nobody is woken for one, and told only once the next kernel does not fit.",
    expr: lines(under(below, "!~"), ...(bootBelow === undefined ? [] : [`or ${under(bootBelow, "=~")}`])),
    for: severity === "critical" ? "5m" : "30m",
    severity,
    summary: `A filesystem of a node has hardly any ${what} left.`,
    description: `${where} has {{ $value | humanizePercentage }} of its ${what} left.`,
  });
}

function resources({ thresholds }: Settings): RuleGroup {
  const limits = thresholds.node;
  return {
    name: "node-resources",
    rules: [
      {
        record: "instance:node_cpu_busy:ratio_rate5m",
        why: "A processor that waits for a disk is idle to everybody else.",
        expr: `1 - avg without (cpu) (sum without (mode) (rate(node_cpu_seconds_total{${job}, mode=~"idle|iowait"}[5m])))`,
      },
      {
        record: "instance:node_load5_per_cpu:ratio",
        expr: `node_load5{${job}} / on (instance) group_left () count by (instance) (node_cpu_seconds_total{${job}, mode="idle"})`,
      },
      {
        record: "instance:node_memory_used:ratio",
        why: "Huge pages are set aside for those who ask for them. Old kernels tell only of those of the usual size.",
        expr: lines(
          `1 - node_memory_MemAvailable_bytes{${job}} / (node_memory_MemTotal_bytes{${job}} - (node_memory_Hugetlb_bytes{${job}}`,
          `  or node_memory_HugePages_Total{${job}} * node_memory_Hugepagesize_bytes{${job}} or 0 * node_memory_MemTotal_bytes{${job}}) > 0)`,
        ),
      },
      alertingRule({
        alert: "NodeCPUHighUsage",
        why: { keep_firing_for: "A load that goes up and down around the limit is one alert, not many." },
        expr: `instance:node_cpu_busy:ratio_rate5m > ${limits.cpuBusyRatio}`,
        for: "15m",
        keep_firing_for: "5m",
        severity: "info",
        summary: "The processors of a node are busy.",
        description: "The processors of {{ $labels.node }} are {{ $value | humanizePercentage }} busy.",
      }),
      alertingRule({
        alert: "NodeSystemSaturation",
        why: { keep_firing_for: "A load that goes up and down around the limit is one alert, not many." },
        expr: `min_over_time(instance:node_load5_per_cpu:ratio[5m]) > ${limits.loadPerCpu}`,
        for: "15m",
        keep_firing_for: "5m",
        severity: "warning",
        summary: "More processes of a node want to run than it has processors.",
        description:
          'For each processor of {{ $labels.node }}, {{ $value | printf "%.1f" }} processes run or wait for a processor or a disk.',
      }),
      alertingRule({
        alert: "NodeMemoryHighUtilization",
        expr: `min_over_time(instance:node_memory_used:ratio[5m]) > ${limits.memoryUsedRatio}`,
        for: "15m",
        severity: "warning",
        summary: "A node has hardly any memory left.",
        description: "{{ $value | humanizePercentage }} of the memory of {{ $labels.node }} is in use.",
      }),
      alertingRule({
        alert: "NodeMemoryMajorPagesFaults",
        expr: `rate(node_vmstat_pgmajfault{${job}}[5m]) > ${limits.majorPageFaultsPerSecond}`,
        for: "15m",
        severity: "warning",
        summary: "Programs of a node wait for memory pages to be read from disk.",
        description:
          '{{ $labels.node }} reads {{ $value | printf "%.0f" }} pages a second back from disk: memory is too small for what runs.',
      }),
      alertingRule({
        alert: "NodeDiskIOSaturation",
        why: {
          expr: "Volume groups and RAID arrays stand on disks that are counted themselves.",
          keep_firing_for: "A load that goes up and down around the limit is one alert, not many.",
        },
        expr: `rate(node_disk_io_time_weighted_seconds_total{${job}, device!~"(dm-|md).*"}[5m]) > ${limits.diskQueueLength}`,
        for: "30m",
        keep_firing_for: "5m",
        severity: "warning",
        summary: "A disk of a node cannot keep up.",
        description:
          'Over 5 minutes, {{ $value | printf "%.1f" }} requests were queued at disk {{ $labels.device }} of {{ $labels.node }} on average.',
      }),
      {
        alert: "NodeFileDescriptorLimit",
        expr: `${fileDescriptorsUsed} > ${limits.fileDescriptorsWarningRatio}`,
        for: "15m",
        labels: { severity: "warning" },
        annotations: fileDescriptors,
      },
      {
        alert: "NodeFileDescriptorLimit",
        expr: `${fileDescriptorsUsed} > ${limits.fileDescriptorsCriticalRatio}`,
        for: "15m",
        labels: { severity: "critical" },
        annotations: fileDescriptors,
      },
    ],
  };
}

const fileDescriptorsUsed = `min_over_time(node_filefd_allocated{${job}}[5m]) / (last_over_time(node_filefd_maximum{${job}}[5m]) > 0)`;

const fileDescriptors: AlertingRule["annotations"] = {
  summary: "A node runs out of file descriptors.",
  description: "{{ $value | humanizePercentage }} of the file descriptors of {{ $labels.node }} are in use.",
};

function network({ thresholds }: Settings): RuleGroup {
  const { networkErrorRatio, linkLossesPerQuarterHour, conntrackUsedRatio } = thresholds.node;
  return {
    name: "node-network",
    rules: [
      packetErrors("NodeNetworkReceiveErrs", "receive", networkErrorRatio),
      packetErrors("NodeNetworkTransmitErrs", "transmit", networkErrorRatio),
      {
        alert: "NodeNetworkInterfaceFlapping",
        why: "A bridge without members has no carrier: those of containers lose it whenever the last pod of a node ends.",
        expr: `round(increase(node_network_carrier_down_changes_total{${job}, device!~"(br-|cni|docker|dummy|kube-|lxd|podman|tap|tun|virbr).*"}[15m])) > ${linkLossesPerQuarterHour}`,
        labels: { severity: "warning" },
        keep_firing_for: "15m",
        annotations: {
          summary: "A network link of a node goes up and down.",
          description:
            '{{ $labels.device }} of {{ $labels.node }} lost its link {{ $value | printf "%.0f" }} times in 15 minutes.',
        },
      },
      alertingRule({
        alert: "NodeConntrackAlmostFull",
        expr: lines(
          `min_over_time(node_nf_conntrack_entries{${job}}[5m])`,
          `  / (last_over_time(node_nf_conntrack_entries_limit{${job}}[5m]) > 0) > ${conntrackUsedRatio}`,
        ),
        for: "5m",
        severity: "warning",
        summary: "A node can soon track no further connections.",
        description:
          "{{ $value | humanizePercentage }} of the connection tracking table of {{ $labels.node }} is in use; packets of new connections are dropped once it is full.",
      }),
      alertingRule({
        alert: "NodeBondingDegraded",
        why: "Only a node with a bonding interface has these series.",
        expr: `last_over_time(node_bonding_slaves{${job}}[5m]) - max_over_time(node_bonding_active{${job}}[5m]) > 0`,
        for: "5m",
        severity: "warning",
        summary: "A bonding interface of a node has lost a link.",
        description: "Links of {{ $labels.master }} on {{ $labels.node }} that are down: {{ $value }}.",
      }),
    ],
  };
}

function packetErrors(alert: string, direction: "receive" | "transmit", above: number): AlertingRule {
  const bad = `rate(node_network_${direction}_errs_total{${job}}[5m])`;
  return alertingRule({
    alert,
    why: "Most drivers count bad packets beside the good ones, so the whole is their sum. A device that carries next to nothing is left out: one bad packet of two says nothing.",
    expr: `${bad} / (rate(node_network_${direction}_packets_total{${job}}[5m]) + ${bad} > 1) > ${above}`,
    for: "30m",
    severity: "warning",
    summary: `A network interface of a node fails to ${direction} packets.`,
    description: `{{ $value | humanizePercentage }} of the packets that {{ $labels.device }} of {{ $labels.node }} ${direction}s are in error.`,
  });
}

const unsynchronised = `max_over_time(node_timex_sync_status{${job}}[10m]) == 0`;

function clock({ thresholds }: Settings): RuleGroup {
  return {
    name: "node-clock",
    interval: "1m",
    rules: [
      {
        record: "instance:node_clock_skew:seconds",
        why: "The timestamp of a sample is when Prometheus asked for it. Compared with that, the clock needs no time server on the node.",
        expr: `abs(node_time_seconds{${job}} - timestamp(node_time_seconds{${job}}))`,
      },
      alertingRule({
        alert: "NodeClockSkewDetected",
        expr: `min_over_time(instance:node_clock_skew:seconds[5m]) > ${thresholds.node.clockSkewSeconds}`,
        for: "10m",
        severity: "warning",
        summary: "The clock of a node differs from Prometheus'.",
        description:
          "The clock of {{ $labels.node }} and that of Prometheus are {{ $value | humanizeDuration }} apart.",
      }),
      alertingRule({
        alert: "NodeClockNotSynchronising",
        why: "A virtual machine may take the time of its host, with nothing that synchronises. So somewhere in the cluster a clock has to be synchronised within the last day; what fires already goes on without. Where none ever is, NodeClockSkewDetected tells.",
        expr: lines(
          `${unsynchronised} and on () max(max_over_time(node_timex_sync_status{${job}}[1d])) == 1`,
          `or ${unsynchronised} and on (instance) last_over_time(ALERTS{alertname="NodeClockNotSynchronising", alertstate="firing"}[1h])`,
        ),
        for: "10m",
        severity: "warning",
        summary: "The clock of a node is no longer synchronised.",
        description:
          "Nothing synchronises the clock of {{ $labels.node }}, while clocks of this cluster are or were today.",
      }),
    ],
  };
}

function exporter(): RuleGroup {
  return {
    name: "node-exporter",
    rules: [
      alertingRule({
        alert: "NodeExporterDown",
        why: "Of a node that is gone the kubelet's alerts tell. Fargate runs no DaemonSet: its nodes are left out also where a job of your own asks them.",
        expr: `max_over_time(up{${job}, node!~"fargate-.+"}[5m]) == 0 and on (node) max_over_time(up{job="kubelet"}[5m]) == 1`,
        for: "15m",
        severity: "warning",
        summary: "A node that is up has no node-exporter that answers.",
        description:
          "node-exporter of {{ $labels.node }} does not answer at {{ $labels.host_ip }}, while its kubelet does.",
      }),
      alertingRule({
        alert: "NodeExporterCollectorFailed",
        why: "Most collectors fail where there is no such device; these are for what every node has.",
        expr: `max_over_time(node_scrape_collector_success{${job}, collector=~"cpu|diskstats|filesystem|loadavg|meminfo|netdev|stat|vmstat"}[5m]) == 0`,
        for: "15m",
        severity: "warning",
        summary: "node-exporter cannot read part of its node.",
        description:
          "Collector {{ $labels.collector }} fails on {{ $labels.node }}: alerts on its series are blind there.",
      }),
      alertingRule({
        alert: "NodeTextFileCollectorScrapeError",
        expr: `min_over_time(node_textfile_scrape_error{${job}}[5m]) == 1`,
        for: "15m",
        severity: "warning",
        summary: "node-exporter cannot read a file of metrics.",
        description: "A file in the textfile directory of {{ $labels.node }} cannot be opened or parsed.",
      }),
    ],
  };
}

function hardware(): RuleGroup {
  return {
    name: "node-raid",
    rules: [
      alertingRule({
        alert: "NodeRAIDDegraded",
        why: "Only a node with a software RAID has these series. An array that recovers or is reshaped lacks a disk as well.",
        expr: `last_over_time(node_md_disks_required{${job}}[5m]) - ignoring (state) max_over_time(node_md_disks{${job}, state="active"}[5m]) > 0`,
        for: "15m",
        severity: "critical",
        summary: "A RAID array of a node lacks a disk.",
        description:
          "Disks that array {{ $labels.device }} of {{ $labels.node }} lacks: {{ $value }}. One more failure may lose its data.",
      }),
      alertingRule({
        alert: "NodeRAIDDiskFailure",
        expr: `min_over_time(node_md_disks{${job}, state="failed"}[5m]) > 0`,
        for: "5m",
        severity: "warning",
        summary: "A disk of a RAID array has failed.",
        description:
          "Disks of array {{ $labels.device }} of {{ $labels.node }} that are marked as failed: {{ $value }}.",
      }),
    ],
  };
}
