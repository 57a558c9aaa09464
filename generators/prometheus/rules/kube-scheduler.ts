import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { clientErrors, instanceUnreachable, jobDown, noLeader, notCordoned } from "./instances.js";

const job = "kube-scheduler";

/** The scheduler. A platform that hides it leaves its job off. */
export function kubeScheduler({ thresholds }: Settings): RuleFile {
  const limits = thresholds.controlPlane;
  return {
    subject: job,
    about: "The scheduler: whether it answers, leads and reaches the API server.",
    source: "generators/prometheus/rules/kube-scheduler.ts",
    jobs: [job, "kube-state-metrics", "prometheus"],
    groups: [
      {
        name: job,
        rules: [
          jobDown(job, "KubeSchedulerDown", limits.downSeconds, {
            summary: "No scheduler answers.",
            description: "Prometheus reaches no scheduler: new pods may wait for a node without end.",
          }),
          instanceUnreachable(
            job,
            "KubeSchedulerInstanceUnreachable",
            limits.unreachableSeconds,
            {
              summary: "A scheduler does not answer.",
              description: "Prometheus does not reach the scheduler at {{ $labels.instance }}, but reaches others.",
            },
            notCordoned,
          ),
          noLeader(job, "KubeSchedulerNoLeader", limits.noLeaderSeconds, {
            summary: "No scheduler leads.",
            description: "Schedulers run, but none of them holds the lease: new pods get no node.",
          }),
          clientErrors(job, thresholds.clients.errorRatio),
        ],
      },
    ],
  };
}
