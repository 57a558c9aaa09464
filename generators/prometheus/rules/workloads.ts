import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { lines } from "./lines.js";

// What the kubelet says of a container whose image it cannot get.
// Source: https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/images/types.go
const imageReasons = "ErrImagePull|ImagePullBackOff|ErrImageNeverPull|ImageInspectError|InvalidImageName";

const ksm = 'job="kube-state-metrics"';

/** Pods that nobody looks after any more. */
const outOfReach = "namespace_pod:kube_pod_out_of_reach:max";
const withinReach = `unless on (namespace, pod) ${outOfReach}`;

const lostNodes = `max by (node) (kube_node_status_condition{${ksm}, condition="Ready", status=~"false|unknown"}) == 1`;

/**
 * Nodes that are no machines (Fargate, virtual nodes), on which no pod of a DaemonSet starts. They are tainted; the kubelets
 * of Fargate are named after it.
 *
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate.html
 */
const virtualNodes = lines(
  `max by (node) (kube_node_spec_taint{${ksm}, key=~"eks.amazonaws.com/compute-type|virtual-kubelet.io/provider"})`,
  'or max by (node) (up{job="kubelet", node=~"fargate-.+"})',
);

const unavailable = `max by (namespace, daemonset) (kube_daemonset_status_number_unavailable{${ksm}})`;

/** How many pods each DaemonSet has, by what is known of them. */
function daemons(pods: string): string {
  return `count by (namespace, daemonset) (label_replace(max by (namespace, pod, created_by_name) (${pods}), "daemonset", "$1", "created_by_name", "(.+)"))`;
}

const daemonPods = `kube_pod_info{${ksm}, created_by_kind="DaemonSet"`;

/**
 * Pods of each DaemonSet that cannot be available: those on nodes that are lost, and those that wait for a node, as many as
 * there are virtual ones. Where nothing is known of its pods, as many as there are such nodes.
 */
const excused = lines(
  `((${daemons(`${daemonPods}} and on (node) ${lostNodes}`)} or 0 * ${daemons(`${daemonPods}}`)})`,
  `+ (clamp_max(${daemons(`${daemonPods}, node=""}`)}, scalar(count(${virtualNodes}) or vector(0))) or 0 * ${daemons(`${daemonPods}}`)})`,
  `or 0 * ${unavailable} + scalar(count(${lostNodes}`,
  `or ${virtualNodes}) or vector(0)))`,
);

/**
 * What has lately become more than it was in the hour before. What only comes and goes has not, and neither has what comes
 * back after an outage, until all of it is back.
 */
function growing(metric: string, by: string): string {
  return `max by (${by}) (max_over_time(${metric}{${ksm}}[10m])) > max by (${by}) (max_over_time(${metric}{${ksm}}[1h] offset 10m))`;
}

/** Nodes on which a DaemonSet's rollout has not replaced the pod yet. */
function daemonSetLeft(offset: string): string {
  const nodes = (metric: string) => `max by (namespace, daemonset) (${metric}{${ksm}}${offset})`;
  return `${nodes("kube_daemonset_status_desired_number_scheduled")} - ${nodes("kube_daemonset_status_updated_number_scheduled")}`;
}

/** Containers, init containers included, that waited for their next start within a window. */
function crashed(window: string): string {
  const waiting = (metric: string) => `present_over_time(${metric}{${ksm}, reason="CrashLoopBackOff"}${window})`;
  return `max by (namespace, pod, container) (${waiting("kube_pod_container_status_waiting_reason")} or ${waiting("kube_pod_init_container_status_waiting_reason")})`;
}

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
  const killed = (metric: string) => `${metric}{${ksm}, reason="OOMKilled"}`;
  const killedBefore = (metric: string) =>
    `present_over_time(${killed(metric)}[1h] offset ${limits.oomKilledSeconds}s)`;
  return {
    subject: "workloads",
    about: "Pods, and what keeps them running: whether each does what was asked for.",
    source: "generators/prometheus/rules/workloads.ts",
    jobs: ["kube-state-metrics", "kubelet"],
    groups: [
      {
        name: "pods",
        rules: [
          {
            record: outOfReach,
            why: "Nobody looks after these pods any more: they are being deleted, or their node has stopped reporting. What is said of them is old.",
            expr: lines(
              `max by (namespace, pod) (kube_pod_deletion_timestamp{${ksm}})`,
              `or max by (namespace, pod) (kube_pod_info{${ksm}} and on (node) kube_node_status_condition{${ksm}, condition="Ready", status="unknown"} == 1)`,
            ),
          },
          alertingRule({
            alert: "KubePodCrashLooping",
            why: "Between two tries the container runs for a moment and the reason is gone: hence the windows. The kubelet forgets its back-off after a container ran for ten minutes, and what crashes less often does not loop. A `for` would come on top of a window, and tell of a loop that is over: so both ends of the time are asked.",
            expr: lines(
              crashed("[5m]"),
              `and ${crashed("[10m] offset 5m")}`,
              `and ${crashed(`[10m] offset ${limits.crashLoopSeconds}s`)}`,
              withinReach,
            ),
            keep_firing_for: "10m",
            severity: "warning",
            summary: "A container crashes again and again.",
            description:
              "Container {{ $labels.container }} of pod {{ $labels.namespace }}/{{ $labels.pod }} keeps crashing, and the kubelet waits longer and longer before it starts it again.",
          }),
          alertingRule({
            alert: "KubeContainerOOMKilled",
            why: {
              expr: "A container's status keeps its last end until the next one: only the time says that it was just now. A container that is not started again (a Job's) has ended and has no last end. When an init container ended nobody tells: its end counts while it is new.",
              keep_firing_for: "A container that is killed time and again is one alert, not one for every kill.",
            },
            expr: lines(
              `max by (namespace, pod, container) (${killed("kube_pod_container_status_last_terminated_reason")} or ${killed("kube_pod_init_container_status_last_terminated_reason")})`,
              `unless on (namespace, pod, container) time() - max by (namespace, pod, container) (kube_pod_container_status_last_terminated_timestamp{${ksm}} or kube_pod_init_container_status_last_terminated_timestamp{${ksm}}) >= ${limits.oomKilledSeconds}`,
              `or max by (namespace, pod, container) (${killed("kube_pod_container_status_terminated_reason")} or ${killed("kube_pod_init_container_status_terminated_reason")})`,
              `unless on (namespace, pod) time() - max by (namespace, pod) (kube_pod_completion_time{${ksm}}) >= ${limits.oomKilledSeconds}`,
              `unless on (namespace, pod, container) (${killedBefore("kube_pod_container_status_terminated_reason")} or ${killedBefore("kube_pod_init_container_status_terminated_reason")})`,
            ),
            keep_firing_for: "5m",
            severity: "warning",
            summary: "A container was ended for using more memory than it may.",
            description:
              "Container {{ $labels.container }} of pod {{ $labels.namespace }}/{{ $labels.pod }} reached its memory limit, or its node ran out of memory, and the kernel ended it.",
          }),
          alertingRule({
            alert: "KubePodImagePullFailing",
            expr: lines(
              `max by (namespace, pod, container) (kube_pod_container_status_waiting_reason{${ksm}, reason=~"${imageReasons}"} or kube_pod_init_container_status_waiting_reason{${ksm}, reason=~"${imageReasons}"})`,
              withinReach,
            ),
            for: `${limits.imagePullSeconds}s`,
            severity: "warning",
            summary: "A container's image cannot be pulled.",
            description:
              "The image of container {{ $labels.container }} in pod {{ $labels.namespace }}/{{ $labels.pod }} cannot be had: the container does not start.",
          }),
          alertingRule({
            alert: "KubeContainerWaiting",
            why: "PodInitializing only waits for the init containers, which have alerts of their own, as the other reasons that are left out.",
            expr: lines(
              `max by (namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{${ksm}, reason!~"CrashLoopBackOff|PodInitializing|${imageReasons}"} or kube_pod_init_container_status_waiting_reason{${ksm}, reason!~"CrashLoopBackOff|PodInitializing|${imageReasons}"})`,
              withinReach,
            ),
            for: `${limits.waitingSeconds}s`,
            severity: "warning",
            summary: "A container waits to be started.",
            description:
              "Container {{ $labels.container }} of pod {{ $labels.namespace }}/{{ $labels.pod }} is not started: {{ $labels.reason }}.",
          }),
          alertingRule({
            alert: "KubePodUnschedulable",
            why: "A pod that its scheduling gates hold back is meant to wait. The pods of a DaemonSet, named after it, are left to KubeDaemonSetRolloutStuck, which knows of nodes that take none.",
            expr: lines(
              `max by (namespace, pod) (label_replace(kube_pod_status_unschedulable{${ksm}}, "daemonset", "$1", "pod", "(.+)-[^-]+") unless on (namespace, daemonset) kube_daemonset_status_number_unavailable{${ksm}} > 0) == 1`,
              `unless on (namespace, pod) kube_pod_status_reason{${ksm}, reason="SchedulingGated"} == 1`,
              withinReach,
            ),
            for: stuck,
            severity: "warning",
            summary: "No node takes a pod.",
            description: "The scheduler finds no node for pod {{ $labels.namespace }}/{{ $labels.pod }}.",
          }),
          alertingRule({
            alert: "KubePodNotReady",
            why: "A pod that is done is not ready either. The alerts above name a pod whose container waits, or that finds no node. A pod that is Pending and has no condition was never looked at, by a scheduler or a kubelet. Where a volume is missing, all containers say PodInitializing. On a node that is not ready all pods are marked so: that is one alert, KubeNodeNotReady.",
            expr: lines(
              `max by (namespace, pod) (kube_pod_status_ready{${ksm}, condition=~"false|unknown"} or kube_pod_status_phase{${ksm}, phase=~"Pending|Unknown"}) == 1`,
              `unless on (namespace, pod) kube_pod_status_phase{${ksm}, phase=~"Succeeded|Failed"} == 1`,
              `unless on (namespace, pod) kube_pod_status_unschedulable{${ksm}}`,
              `unless on (namespace, pod) kube_pod_container_status_waiting_reason{${ksm}, reason!="PodInitializing"}`,
              `unless on (namespace, pod) kube_pod_init_container_status_waiting_reason{${ksm}, reason!="PodInitializing"}`,
              withinReach,
              `unless on (namespace, pod) (kube_pod_info{${ksm}} and on (node) kube_node_status_condition{${ksm}, condition="Ready", status="false"} == 1)`,
            ),
            for: stuck,
            severity: "warning",
            summary: "A pod is not ready.",
            description:
              "Pod {{ $labels.namespace }}/{{ $labels.pod }} is not ready, though none of its containers waits to be started and no scheduler refused it: Services send it nothing.",
          }),
        ],
      },
      {
        name: "deployments",
        rules: [
          alertingRule({
            alert: "KubeDeploymentGenerationMismatch",
            expr: 'max by (namespace, deployment) (kube_deployment_metadata_generation{job="kube-state-metrics"}) - max by (namespace, deployment) (kube_deployment_status_observed_generation{job="kube-state-metrics"}) > 0',
            for: stuck,
            severity: "warning",
            summary: "A change to a Deployment was not taken up.",
            description:
              "The controller has not seen the last {{ $value | humanize }} changes to Deployment {{ $labels.namespace }}/{{ $labels.deployment }}.",
          }),
          alertingRule({
            alert: "KubeDeploymentReplicasMismatch",
            why: "While a rollout gets on, its strategy allows fewer replicas, and one that is stuck has an alert of its own. What is scaled up step by step, as an autoscaler does, gets on without a rollout: more is available than in the hour before.",
            expr: lines(
              'max by (namespace, deployment) (kube_deployment_spec_replicas{job="kube-state-metrics"}) - max by (namespace, deployment) (kube_deployment_status_replicas_available{job="kube-state-metrics"}) > 0',
              'unless on (namespace, deployment) kube_deployment_status_condition{job="kube-state-metrics", condition="Progressing", status="true", reason!="NewReplicaSetAvailable"} == 1',
              `unless on (namespace, deployment) ${growing("kube_deployment_status_replicas_available", "namespace, deployment")}`,
            ),
            for: stuck,
            severity: "warning",
            summary: "A Deployment has fewer replicas than it should.",
            description:
              "Deployment {{ $labels.namespace }}/{{ $labels.deployment }} is short of {{ $value | humanize }} available replicas.",
          }),
          alertingRule({
            alert: "KubeDeploymentRolloutStuck",
            why: {
              for: "The Deployment itself waits for its progressDeadlineSeconds, ten minutes by default, before it says so.",
            },
            expr: 'max by (namespace, deployment) (kube_deployment_status_condition{job="kube-state-metrics", condition="Progressing", status="false"}) == 1',
            for: "1m",
            severity: "warning",
            summary: "A Deployment's rollout does not get on.",
            description:
              "The rollout of Deployment {{ $labels.namespace }}/{{ $labels.deployment }} made no progress within its deadline.",
          }),
        ],
      },
      {
        name: "statefulsets",
        rules: [
          alertingRule({
            alert: "KubeStatefulSetGenerationMismatch",
            expr: 'max by (namespace, statefulset) (kube_statefulset_metadata_generation{job="kube-state-metrics"}) - max by (namespace, statefulset) (kube_statefulset_status_observed_generation{job="kube-state-metrics"}) > 0',
            for: stuck,
            severity: "warning",
            summary: "A change to a StatefulSet was not taken up.",
            description:
              "The controller has not seen the last {{ $value | humanize }} changes to StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }}.",
          }),
          alertingRule({
            alert: "KubeStatefulSetReplicasMismatch",
            why: "By default pods start one after the other, which may take long altogether: it gets on while more are ready than in the hour before. Updates have an alert of their own.",
            expr: lines(
              statefulSetShort,
              `unless on (namespace, statefulset) ${statefulSetUpdating}`,
              `unless on (namespace, statefulset) ${growing("kube_statefulset_status_replicas_ready", "namespace, statefulset")}`,
            ),
            for: stuck,
            severity: "warning",
            summary: "A StatefulSet has fewer replicas than it should.",
            description:
              "StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }} is short of {{ $value | humanize }} ready replicas.",
          }),
          alertingRule({
            alert: "KubeStatefulSetUpdateNotRolledOut",
            why: "An update that waits by intention, for a partition or for somebody to delete pods, leaves every pod ready.",
            expr: lines(
              `${statefulSetShort}`,
              `and on (namespace, statefulset) ${statefulSetUpdating}`,
              `unless on (namespace, statefulset) changes(kube_statefulset_status_replicas_updated{job="kube-state-metrics"}[10m]) > 0`,
            ),
            for: stuck,
            severity: "warning",
            summary: "A StatefulSet's update does not get on.",
            description:
              "The update of StatefulSet {{ $labels.namespace }}/{{ $labels.statefulset }} makes no progress, and {{ $value | humanize }} replicas are not ready.",
          }),
        ],
      },
      {
        name: "daemonsets",
        rules: [
          alertingRule({
            alert: "KubeDaemonSetRolloutStuck",
            why: "A rollout takes nodes one after the other, so that one is always unavailable: it gets on while ever fewer are left. Where nodes are added, it gets on while more pods are available than in the hour before. Not counted are pods on lost nodes, of which other alerts tell, and pods for nodes that are no machines (Fargate, virtual nodes), on which no DaemonSet starts.",
            expr: lines(
              `${unavailable} - ${excused} > 0`,
              `unless on (namespace, daemonset) ${daemonSetLeft("")} < ${daemonSetLeft(" offset 10m")}`,
              `unless on (namespace, daemonset) ${growing("kube_daemonset_status_number_available", "namespace, daemonset")}`,
            ),
            for: stuck,
            severity: "warning",
            summary: "A DaemonSet is missing on nodes.",
            description:
              "On {{ $value | humanize }} nodes DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} has no available pod, and nothing changes.",
          }),
          alertingRule({
            alert: "KubeDaemonSetNotScheduled",
            expr: 'max by (namespace, daemonset) (kube_daemonset_status_desired_number_scheduled{job="kube-state-metrics"}) - max by (namespace, daemonset) (kube_daemonset_status_current_number_scheduled{job="kube-state-metrics"}) > 0',
            for: stuck,
            severity: "warning",
            summary: "A DaemonSet lacks pods on nodes that should run it.",
            description:
              "{{ $value | humanize }} nodes should run a pod of DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} and have none.",
          }),
          alertingRule({
            alert: "KubeDaemonSetMisScheduled",
            expr: 'max by (namespace, daemonset) (kube_daemonset_status_number_misscheduled{job="kube-state-metrics"}) > 0',
            for: stuck,
            severity: "warning",
            summary: "A DaemonSet runs where it should not.",
            description:
              "{{ $value | humanize }} nodes run a pod of DaemonSet {{ $labels.namespace }}/{{ $labels.daemonset }} although they should not.",
          }),
        ],
      },
      {
        name: "jobs",
        rules: [
          alertingRule({
            alert: "KubeJobNotCompleted",
            why: "A Job whose pods cannot even be made has none that is active, and none that ended: it counts from its start as well.",
            expr: lines(
              `time() - max by (namespace, job_name) (kube_job_status_start_time{${ksm}} and on (namespace, job_name) (kube_job_status_active{${ksm}} > 0`,
              `or kube_job_status_succeeded{${ksm}} == 0 unless on (namespace, job_name) (kube_job_status_active{${ksm}} > 0 or kube_job_failed{${ksm}, condition="true"} == 1 or kube_job_complete{${ksm}, condition="true"} == 1))) > ${limits.jobSeconds}`,
            ),
            severity: "warning",
            summary: "A Job does not come to an end.",
            description:
              "Job {{ $labels.namespace }}/{{ $labels.job_name }} has been running for {{ $value | humanizeDuration }}.",
          }),
          alertingRule({
            alert: "KubeJobFailed",
            expr: 'max by (namespace, job_name) (kube_job_failed{job="kube-state-metrics", condition="true"}) == 1',
            for: "1m",
            severity: "warning",
            summary: "A Job failed.",
            description:
              "Job {{ $labels.namespace }}/{{ $labels.job_name }} failed and is not tried again. The alert ends when the Job is deleted.",
          }),
          alertingRule({
            alert: "KubeCronJobDidNotRun",
            why: "The next run is reckoned from the last one that was started: a next run in the past was left out. With the policy Forbid that is meant while the last run goes on.",
            expr: lines(
              `time() - max by (namespace, cronjob) (kube_cronjob_next_schedule_time{${ksm}}) > ${limits.cronJobLateSeconds}`,
              `unless on (namespace, cronjob) (kube_cronjob_status_active{${ksm}} > 0 and on (namespace, cronjob) kube_cronjob_info{${ksm}, concurrency_policy="Forbid"})`,
            ),
            for: "1m",
            severity: "warning",
            summary: "A CronJob did not run when it was due.",
            description:
              "A run of CronJob {{ $labels.namespace }}/{{ $labels.cronjob }} has been due for {{ $value | humanizeDuration }} and was not started.",
          }),
        ],
      },
      {
        name: "autoscaling",
        rules: [
          alertingRule({
            alert: "KubeHpaReplicasMismatch",
            why: "An autoscaler that does not scale at all has an alert of its own, and wants no number of replicas.",
            expr: lines(
              'max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_desired_replicas{job="kube-state-metrics"}) - max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics"}) != 0',
              'unless on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_status_condition{job="kube-state-metrics", condition="ScalingActive", status="false"} == 1',
              'unless on (namespace, horizontalpodautoscaler) changes(kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics"}[10m]) > 0',
            ),
            for: stuck,
            severity: "warning",
            summary: "An autoscaler does not get the replicas that it wants.",
            description:
              "HorizontalPodAutoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} is {{ $value | humanize }} replicas away from what it wants, and nothing changes.",
          }),
          alertingRule({
            alert: "KubeHpaNotScaling",
            why: "An autoscaler whose target was scaled to nothing is switched off, and says the same as one that has no metrics. One whose target is missing says that it is not able to scale. One that nobody looks after says nothing.",
            expr: lines(
              `max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_condition{${ksm}, condition="ScalingActive", status=~"false|unknown"}) == 1`,
              `unless on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_status_current_replicas{${ksm}} == 0`,
              `or max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_condition{${ksm}, condition="AbleToScale", status="false"}) == 1`,
              `or max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{${ksm}} unless on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_status_condition{${ksm}})`,
            ),
            for: stuck,
            severity: "warning",
            summary: "An autoscaler does not scale.",
            description:
              "HorizontalPodAutoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} has no metrics to scale by, nothing that it could scale, or nobody who looks after it.",
          }),
          alertingRule({
            alert: "KubeHpaMaxedOut",
            why: "Being at the maximum is no trouble by itself; wanting more is. Where the minimum is the maximum, that is meant.",
            expr: lines(
              'max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas{job="kube-state-metrics"}) >= max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{job="kube-state-metrics"})',
              'and on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_status_condition{job="kube-state-metrics", condition="ScalingLimited", status="true"} == 1',
              'unless on (namespace, horizontalpodautoscaler) max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{job="kube-state-metrics"}) == max by (namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_min_replicas{job="kube-state-metrics"})',
            ),
            for: stuck,
            severity: "warning",
            summary: "An autoscaler wants more replicas than it may have.",
            description:
              "HorizontalPodAutoscaler {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} is at its maximum of {{ $value | humanize }} replicas and wants more.",
          }),
          alertingRule({
            alert: "KubePdbNotEnoughHealthyPods",
            why: "What was scaled to nothing has no pods to protect.",
            expr: lines(
              `max by (namespace, poddisruptionbudget) (kube_poddisruptionbudget_status_desired_healthy{${ksm}}) - max by (namespace, poddisruptionbudget) (kube_poddisruptionbudget_status_current_healthy{${ksm}}) > 0`,
              `unless on (namespace, poddisruptionbudget) kube_poddisruptionbudget_status_expected_pods{${ksm}} == 0`,
            ),
            for: stuck,
            severity: "warning",
            summary: "A disruption budget is overdrawn.",
            description:
              "PodDisruptionBudget {{ $labels.namespace }}/{{ $labels.poddisruptionbudget }} lacks {{ $value | humanize }} healthy pods: no node that runs one of its pods can be drained.",
          }),
        ],
      },
    ],
  };
}
