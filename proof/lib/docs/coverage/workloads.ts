import type { CoverageRow } from "./types.js";

/** How pods and what keeps them running fail. */
export const workloads: readonly CoverageRow[] = [
  { failureMode: "a container crashes again and again", knownAs: "KubePodCrashLooping", alert: "KubePodCrashLooping" },
  { failureMode: "a container uses more memory than it may", alert: "KubeContainerOOMKilled" },
  { failureMode: "an image cannot be pulled", alert: "KubePodImagePullFailing" },
  {
    failureMode: "a container waits for anything else",
    knownAs: "KubeContainerWaiting",
    alert: "KubeContainerWaiting",
  },
  { failureMode: "a pod finds no node", knownAs: "KubePodNotReady", alert: "KubePodUnschedulable" },
  { failureMode: "a pod on a node does not become ready", knownAs: "KubePodNotReady", alert: "KubePodNotReady" },
  {
    failureMode: "a change to a Deployment is not taken up",
    knownAs: "KubeDeploymentGenerationMismatch",
    alert: "KubeDeploymentGenerationMismatch",
  },
  {
    failureMode: "a Deployment is short of replicas",
    knownAs: "KubeDeploymentReplicasMismatch",
    alert: "KubeDeploymentReplicasMismatch",
  },
  {
    failureMode: "a Deployment's rollout gets stuck",
    knownAs: "KubeDeploymentRolloutStuck",
    alert: "KubeDeploymentRolloutStuck",
  },
  {
    failureMode: "a change to a StatefulSet is not taken up",
    knownAs: "KubeStatefulSetGenerationMismatch",
    alert: "KubeStatefulSetGenerationMismatch",
  },
  {
    failureMode: "a StatefulSet is short of replicas",
    knownAs: "KubeStatefulSetReplicasMismatch",
    alert: "KubeStatefulSetReplicasMismatch",
  },
  {
    failureMode: "a StatefulSet's update gets stuck",
    knownAs: "KubeStatefulSetUpdateNotRolledOut",
    alert: "KubeStatefulSetUpdateNotRolledOut",
  },
  {
    failureMode: "a DaemonSet's pods are not available",
    knownAs: "KubeDaemonSetRolloutStuck",
    alert: "KubeDaemonSetRolloutStuck",
  },
  {
    failureMode: "a DaemonSet lacks pods on nodes",
    knownAs: "KubeDaemonSetNotScheduled",
    alert: "KubeDaemonSetNotScheduled",
  },
  {
    failureMode: "a DaemonSet runs where it should not",
    knownAs: "KubeDaemonSetMisScheduled",
    alert: "KubeDaemonSetMisScheduled",
  },
  { failureMode: "a Job does not end", knownAs: "KubeJobNotCompleted", alert: "KubeJobNotCompleted" },
  { failureMode: "a Job fails", knownAs: "KubeJobFailed", alert: "KubeJobFailed" },
  { failureMode: "a CronJob does not run when it is due", alert: "KubeCronJobDidNotRun" },
  {
    failureMode: "an autoscaler does not get the replicas that it wants",
    knownAs: "KubeHpaReplicasMismatch",
    alert: "KubeHpaReplicasMismatch",
  },
  { failureMode: "an autoscaler does not get its metrics", alert: "KubeHpaNotScaling" },
  { failureMode: "an autoscaler is at its maximum", knownAs: "KubeHpaMaxedOut", alert: "KubeHpaMaxedOut" },
  {
    failureMode: "too few pods of a disruption budget are healthy",
    knownAs: "KubePdbNotEnoughHealthyPods",
    alert: "KubePdbNotEnoughHealthyPods",
  },
];
