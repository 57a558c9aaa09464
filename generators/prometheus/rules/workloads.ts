import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { lines } from "./lines.js";

// What the kubelet says of a container whose image it cannot get.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/images/types.go
const imageReasons = "ErrImagePull|ImagePullBackOff|ErrImageNeverPull|ImageInspectError|InvalidImageName";

/*
 * Every aggregation here is over what tells one object from the next and nothing else: the target's own address must
 * not be part of an alert, which would resolve and fire anew whenever kube-state-metrics moves.
 */

/** A StatefulSet whose pods are not all of the revision that they should become. */
const statefulSetUpdating =
  'max by (namespace, statefulset) (kube_statefulset_status_current_revision{job="kube-state-metrics"} unless on (namespace, statefulset, revision) kube_statefulset_status_update_revision{job="kube-state-metrics"})';

/** Pods that a StatefulSet is short of. */
const statefulSetShort =
  'max by (namespace, statefulset) (kube_statefulset_replicas{job="kube-state-metrics"}) - max by (namespace, statefulset) (kube_statefulset_status_replicas_ready{job="kube-state-metrics"}) > 0';

/** Pods, and what keeps them running: whether each does what was asked for. */
export function workloads({ thresholds }: Settings): RuleFile {
  const limits = thresholds.workloads;
  const stuck = `${limits.stuckSeconds}s`;
  return {
    subject: "workloads",
    source: "generators/prometheus/rules/workloads.ts",
    jobs: ["kube-state-metrics"],
    groups: [
      {
        name: "pods",
        rules: [
          {
            // Between two tries the container runs for a moment and the reason is gone, so look back over a window. The
            // kubelet forgets its back-off after a container ran for ten minutes: who crashes less often does not loop.
            alert: "KubePodCrashLooping",
            expr: lines(
              'max by (namespace, pod, container) (present_over_time(kube_pod_container_status_waiting_reason{job="kube-state-metrics", reason="CrashLoopBackOff"}[10m]))',
              'or max by (namespace, pod, container) (present_over_time(kube_pod_init_container_status_waiting_reason{job="kube-state-metrics", reason="CrashLoopBackOff"}[10m]))',
            ),
            for: `${limits.crashLoopSeconds}s`,
            labels: { severity: "warning" },
            annotations: {
              summary: "A container crashes again and again.",
              description:
                "Container {{ $labels.container }} of pod {{ $labels.namespace }}/{{ $labels.pod }} keeps crashing, and the kubelet waits longer and longer before it starts it again.",
            },
          },
          {
            // The last end of a container stays on its status until the next: only its time says that it was just now.
            alert: "KubeContainerOOMKilled",
            expr: lines(
              `max by (namespace, pod, container) (kube_pod_container_status_last_terminated_reason{job="kube-state-metrics", reason="OOMKilled"})`,
              `and on (namespace, pod, container) time() - kube_pod_container_status_last_terminated_timestamp{job="kube-state-metrics"} < ${limits.oomKilledSeconds}`,
            ),
            // A container that is killed time and again is one alert, not one for every kill.
            keep_firing_for: "5m",
            labels: { severity: "warning" },
            annotations: {
              summary: "A container was ended for using more memory than it may.",
              description:
                "Container {{ $labels.container }} of pod {{ $labels.namespace }}/{{ $labels.pod }} reached its memory limit, or its node ran out of memory, and the kernel ended it.",
            },
          },
          {
            alert: "KubePodImagePullFailing",
            expr: lines(
              `max by (namespace, pod, container) (kube_pod_container_status_waiting_reason{job="kube-state-metrics", reason=~"${imageReasons}"})`,
              `or max by (namespace, pod, container) (kube_pod_init_container_status_waiting_reason{job="kube-state-metrics", reason=~"${imageReasons}"})`,
            ),
            for: `${limits.imagePullSeconds}s`,
            labels: { severity: "warning" },
            annotations: {
              summary: "A container's image cannot be pulled.",
              description:
                "The image of container {{ $labels.container }} in pod {{ $labels.namespace }}/{{ $labels.pod }} cannot be had: the container does not start.",
            },
          },
          {
            // PodInitializing only waits for the init containers, which have alerts of their own.
            alert: "KubeContainerWaiting",
            expr: lines(
              `max by (namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{job="kube-state-metrics", reason!~"CrashLoopBackOff|PodInitializing|${imageReasons}"})`,
              `or max by (namespace, pod, container, reason) (kube_pod_init_container_status_waiting_reason{job="kube-state-metrics", reason!~"CrashLoopBackOff|PodInitializing|${imageReasons}"})`,
            ),
            for: `${limits.waitingSeconds}s`,
            labels: { severity: "warning" },
            annotations: {
              summary: "A container waits to be started.",
              description:
                "Container {{ $labels.container }} of pod {{ $labels.namespace }}/{{ $labels.pod }} is not started: {{ $labels.reason }}.",
            },
          },
          {
            // A pod that its scheduling gates hold back is meant to wait.
            alert: "KubePodUnschedulable",
            expr: lines(
              'max by (namespace, pod) (kube_pod_status_unschedulable{job="kube-state-metrics"}) == 1',
              'unless on (namespace, pod) kube_pod_status_reason{job="kube-state-metrics", reason="SchedulingGated"} == 1',
            ),
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "No node takes a pod.",
              description: "The scheduler finds no node for pod {{ $labels.namespace }}/{{ $labels.pod }}.",
            },
          },
          {
            // A pod that is done is not ready either. One whose container waits is named by the alerts above.
            alert: "KubePodNotReady",
            expr: lines(
              'max by (namespace, pod) (kube_pod_status_ready{job="kube-state-metrics", condition=~"false|unknown"}) == 1',
              'unless on (namespace, pod) kube_pod_status_phase{job="kube-state-metrics", phase=~"Succeeded|Failed"} == 1',
              'unless on (namespace, pod) kube_pod_container_status_waiting_reason{job="kube-state-metrics", reason!="PodInitializing"}',
              'unless on (namespace, pod) kube_pod_init_container_status_waiting_reason{job="kube-state-metrics"}',
            ),
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "A pod is not ready.",
              description:
                "Pod {{ $labels.namespace }}/{{ $labels.pod }} is on a node, none of its containers waits to be started, and still it is not ready: Services send it nothing.",
            },
          },
        ],
      },
      {
        name: "deployments",
        rules: [
          {
            alert: "KubeDeploymentGenerationMismatch",
            expr: 'max by (namespace, deployment) (kube_deployment_metadata_generation{job="kube-state-metrics"}) - max by (namespace, deployment) (kube_deployment_status_observed_generation{job="kube-state-metrics"}) > 0',
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "A change to a Deployment was not taken up.",
              description:
                "The controller has not seen the last {{ $value | humanize }} changes to Deployment {{ $labels.namespace }}/{{ $labels.deployment }}.",
            },
          },
          {
            // While a rollout gets on, fewer replicas are what its strategy allows; one that does not get on is stuck.
            alert: "KubeDeploymentReplicasMismatch",
            expr: lines(
              'max by (namespace, deployment) (kube_deployment_spec_replicas{job="kube-state-metrics"}) - max by (namespace, deployment) (kube_deployment_status_replicas_available{job="kube-state-metrics"}) > 0',
              'unless on (namespace, deployment) kube_deployment_status_condition{job="kube-state-metrics", condition="Progressing", status="true", reason!="NewReplicaSetAvailable"} == 1',
            ),
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "A Deployment has fewer replicas than it should.",
              description:
                "Deployment {{ $labels.namespace }}/{{ $labels.deployment }} is short of {{ $value | humanize }} available replicas.",
            },
          },
          {
            // The Deployment itself waits for its progressDeadlineSeconds, ten minutes by default, before it says so.
            alert: "KubeDeploymentRolloutStuck",
            expr: 'max by (namespace, deployment) (kube_deployment_status_condition{job="kube-state-metrics", condition="Progressing", status="false"}) == 1',
            for: "1m",
            labels: { severity: "warning" },
            annotations: {
              summary: "A Deployment's rollout does not get on.",
              description:
                "The rollout of Deployment {{ $labels.namespace }}/{{ $labels.deployment }} made no progress within its deadline.",
            },
          },
        ],
      },
      {
        name: "statefulsets",
        rules: [
          {
            alert: "KubeStatefulSetGenerationMismatch",
            expr: 'max by (namespace, statefulset) (kube_statefulset_metadata_generation{job="kube-state-metrics"}) - max by (namespace, statefulset) (kube_statefulset_status_observed_generation{job="kube-state-metrics"}) > 0',
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "A change to a StatefulSet was not taken up.",
              description:
                "The controller has not seen the last {{ $value | humanize }} changes to StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }}.",
            },
          },
          {
            alert: "KubeStatefulSetReplicasMismatch",
            expr: `${statefulSetShort} unless on (namespace, statefulset) ${statefulSetUpdating}`,
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "A StatefulSet has fewer replicas than it should.",
              description:
                "StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }} is short of {{ $value | humanize }} ready replicas.",
            },
          },
          {
            // An update that waits by intention, for a partition or for somebody to delete pods, leaves every pod ready.
            alert: "KubeStatefulSetUpdateNotRolledOut",
            expr: lines(
              `${statefulSetShort}`,
              `and on (namespace, statefulset) ${statefulSetUpdating}`,
              `unless on (namespace, statefulset) changes(kube_statefulset_status_replicas_updated{job="kube-state-metrics"}[10m]) > 0`,
            ),
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "A StatefulSet's update does not get on.",
              description:
                "The update of StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }} makes no progress, and {{ $value | humanize }} replicas are not ready.",
            },
          },
        ],
      },
      {
        name: "daemonsets",
        rules: [
          {
            // Nodes are taken one after the other: one is always unavailable while a rollout gets on.
            alert: "KubeDaemonSetRolloutStuck",
            expr: lines(
              'max by (namespace, daemonset) (kube_daemonset_status_number_unavailable{job="kube-state-metrics"}) > 0',
              'unless on (namespace, daemonset) changes(kube_daemonset_status_updated_number_scheduled{job="kube-state-metrics"}[10m]) > 0',
            ),
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "A DaemonSet is missing on nodes.",
              description:
                "On {{ $value | humanize }} nodes DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} has no available pod, and nothing changes.",
            },
          },
          {
            alert: "KubeDaemonSetNotScheduled",
            expr: 'max by (namespace, daemonset) (kube_daemonset_status_desired_number_scheduled{job="kube-state-metrics"}) - max by (namespace, daemonset) (kube_daemonset_status_current_number_scheduled{job="kube-state-metrics"}) > 0',
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "A DaemonSet lacks pods on nodes that should run it.",
              description:
                "{{ $value | humanize }} nodes should run a pod of DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} and have none.",
            },
          },
          {
            alert: "KubeDaemonSetMisScheduled",
            expr: 'max by (namespace, daemonset) (kube_daemonset_status_number_misscheduled{job="kube-state-metrics"}) > 0',
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "A DaemonSet runs where it should not.",
              description:
                "{{ $value | humanize }} nodes run a pod of DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} although they should not.",
            },
          },
        ],
      },
      {
        name: "jobs",
        rules: [
          {
            alert: "KubeJobNotCompleted",
            expr: `time() - max by (namespace, job_name) (kube_job_status_start_time{job="kube-state-metrics"} and on (namespace, job_name) kube_job_status_active{job="kube-state-metrics"} > 0) > ${limits.jobSeconds}`,
            labels: { severity: "warning" },
            annotations: {
              summary: "A Job does not come to an end.",
              description:
                "Job {{ $labels.namespace }}/{{ $labels.job_name }} has been running for {{ $value | humanizeDuration }}.",
            },
          },
          {
            alert: "KubeJobFailed",
            expr: 'max by (namespace, job_name) (kube_job_failed{job="kube-state-metrics", condition="true"}) == 1',
            for: "1m",
            labels: { severity: "warning" },
            annotations: {
              summary: "A Job failed.",
              description:
                "Job {{ $labels.namespace }}/{{ $labels.job_name }} failed and is not tried again. The alert ends when the Job is deleted.",
            },
          },
          {
            // The next run is reckoned from the last one that was started: in the past, it was left out.
            alert: "KubeCronJobDidNotRun",
            expr: `time() - max by (namespace, cronjob) (kube_cronjob_next_schedule_time{job="kube-state-metrics"}) > ${limits.cronJobLateSeconds}`,
            for: "1m",
            labels: { severity: "warning" },
            annotations: {
              summary: "A CronJob did not run when it was due.",
              description:
                "A run of CronJob {{ $labels.namespace }}/{{ $labels.cronjob }} has been due for {{ $value | humanizeDuration }} and was not started.",
            },
          },
        ],
      },
      {
        name: "autoscaling",
        rules: [
          {
            // One that does not scale at all has an alert of its own, and wants no number of replicas.
            alert: "KubeHpaReplicasMismatch",
            expr: lines(
              'max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_desired_replicas{job="kube-state-metrics"}) - max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics"}) != 0',
              'unless on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_status_condition{job="kube-state-metrics", condition="ScalingActive", status="false"} == 1',
              'unless on (namespace, horizontalpodautoscaler) changes(kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics"}[10m]) > 0',
            ),
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "An autoscaler does not get the replicas that it wants.",
              description:
                "HorizontalPodAutoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} is {{ $value | humanize }} replicas away from what it wants, and nothing changes.",
            },
          },
          {
            // An autoscaler whose target was scaled to nothing is switched off, and says the same.
            alert: "KubeHpaNotScaling",
            expr: lines(
              'max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_condition{job="kube-state-metrics", condition="ScalingActive", status="false"}) == 1',
              'unless on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics"} == 0',
            ),
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "An autoscaler cannot tell how many replicas are needed.",
              description:
                "HorizontalPodAutoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} does not get the metrics that it scales by.",
            },
          },
          {
            // Being at the most is no trouble by itself; wanting more than that is.
            alert: "KubeHpaMaxedOut",
            expr: lines(
              'max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics"}) >= max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{job="kube-state-metrics"})',
              'and on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_status_condition{job="kube-state-metrics", condition="ScalingLimited", status="true"} == 1',
              'unless on (namespace, horizontalpodautoscaler) max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{job="kube-state-metrics"}) == max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_min_replicas{job="kube-state-metrics"})',
            ),
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "An autoscaler wants more replicas than it may have.",
              description:
                "HorizontalPodAutoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} is at its maximum of {{ $value | humanize }} replicas and wants more.",
            },
          },
          {
            alert: "KubePdbNotEnoughHealthyPods",
            expr: 'max by (namespace, poddisruptionbudget) (kube_poddisruptionbudget_status_desired_healthy{job="kube-state-metrics"}) - max by (namespace, poddisruptionbudget) (kube_poddisruptionbudget_status_current_healthy{job="kube-state-metrics"}) > 0',
            for: stuck,
            labels: { severity: "warning" },
            annotations: {
              summary: "A disruption budget is overdrawn.",
              description:
                "PodDisruptionBudget {{ $labels.namespace }}/{{ $labels.poddisruptionbudget }} lacks {{ $value | humanize }} healthy pods: no node that runs one of its pods can be drained.",
            },
          },
        ],
      },
    ],
  };
}
