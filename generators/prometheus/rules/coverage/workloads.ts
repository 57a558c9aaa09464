import type { CoverageRow } from "./types.js";

/** How pods and what keeps them running fail. */
export const workloads: readonly CoverageRow[] = [
  { failureMode: "a container crashes again and again", knownAs: "PodCrashLooping", alert: "KubePodCrashLooping" },
  { failureMode: "a container uses more memory than it may", alert: "KubeContainerOOMKilled" },
  { failureMode: "an image cannot be pulled", alert: "KubePodImagePullFailing" },
  { failureMode: "a container waits for anything else", knownAs: "ContainerWaiting", alert: "KubeContainerWaiting" },
  { failureMode: "a pod finds no node", knownAs: "PodNotReady", alert: "KubePodUnschedulable" },
  { failureMode: "a pod on a node does not become ready", knownAs: "PodNotReady", alert: "KubePodNotReady" },
  {
    failureMode: "a change to a Deployment is not taken up",
    knownAs: "DeploymentGenerationMismatch",
    alert: "KubeDeploymentGenerationMismatch",
  },
  {
    failureMode: "a Deployment is short of replicas",
    knownAs: "DeploymentReplicasMismatch",
    alert: "KubeDeploymentReplicasMismatch",
  },
  {
    failureMode: "a Deployment's rollout gets stuck",
    knownAs: "DeploymentRolloutStuck",
    alert: "KubeDeploymentRolloutStuck",
  },
  {
    failureMode: "a change to a StatefulSet is not taken up",
    knownAs: "StatefulSetGenerationMismatch",
    alert: "KubeStatefulSetGenerationMismatch",
  },
  {
    failureMode: "a StatefulSet is short of replicas",
    knownAs: "StatefulSetReplicasMismatch",
    alert: "KubeStatefulSetReplicasMismatch",
  },
  {
    failureMode: "a StatefulSet's update gets stuck",
    knownAs: "StatefulSetUpdateNotRolledOut",
    alert: "KubeStatefulSetUpdateNotRolledOut",
  },
  {
    failureMode: "a DaemonSet's pods are not available",
    knownAs: "DaemonSetRolloutStuck",
    alert: "KubeDaemonSetRolloutStuck",
  },
  {
    failureMode: "a DaemonSet lacks pods on nodes",
    knownAs: "DaemonSetNotScheduled",
    alert: "KubeDaemonSetNotScheduled",
  },
  {
    failureMode: "a DaemonSet runs where it should not",
    knownAs: "DaemonSetMisScheduled",
    alert: "KubeDaemonSetMisScheduled",
  },
  { failureMode: "a Job does not end", knownAs: "JobNotCompleted", alert: "KubeJobNotCompleted" },
  { failureMode: "a Job fails", knownAs: "JobFailed", alert: "KubeJobFailed" },
  { failureMode: "a CronJob does not run when it is due", alert: "KubeCronJobDidNotRun" },
  {
    failureMode: "an autoscaler does not get the replicas that it wants",
    knownAs: "HpaReplicasMismatch",
    alert: "KubeHpaReplicasMismatch",
  },
  { failureMode: "an autoscaler does not get its metrics", alert: "KubeHpaNotScaling" },
  { failureMode: "an autoscaler is at its maximum", knownAs: "HpaMaxedOut", alert: "KubeHpaMaxedOut" },
  {
    failureMode: "too few pods of a disruption budget are healthy",
    knownAs: "PdbNotEnoughHealthyPods",
    alert: "KubePdbNotEnoughHealthyPods",
  },
];
