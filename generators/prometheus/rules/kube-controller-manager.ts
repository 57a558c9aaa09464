import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { clientErrors, instanceUnreachable, jobDown, noLeader, notCordoned } from "./instances.js";

const job = "kube-controller-manager";

/** The controller manager. A platform that hides it leaves its job off. */
export function kubeControllerManager({ thresholds }: Settings): RuleFile {
  const limits = thresholds.controlPlane;
  return {
    subject: job,
    about: "The controller manager: whether it answers, leads and reaches the API server.",
    source: "generators/prometheus/rules/kube-controller-manager.ts",
    jobs: [job, "kube-state-metrics", "prometheus"],
    groups: [
      {
        name: job,
        rules: [
          jobDown(job, "KubeControllerManagerDown", limits.downSeconds, {
            summary: "No controller manager answers.",
            description: "Prometheus reaches no controller manager: lost pods may not be replaced.",
          }),
          instanceUnreachable(
            job,
            "KubeControllerManagerInstanceUnreachable",
            limits.unreachableSeconds,
            {
              summary: "A controller manager does not answer.",
              description:
                "Prometheus does not reach the controller manager at {{ $labels.instance }}, but reaches others.",
            },
            notCordoned,
          ),
          noLeader(job, "KubeControllerManagerNoLeader", limits.noLeaderSeconds, {
            summary: "No controller manager leads.",
            description: "Controller managers run, but none of them holds the lease: lost pods are not replaced.",
          }),
          clientErrors(job, thresholds.clients.errorRatio),
        ],
      },
    ],
  };
}
