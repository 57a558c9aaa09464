import type { RuleFile } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { clientErrors, instanceUnreachable, jobDown, notCordoned } from "./instances.js";
import { lines } from "./lines.js";

const job = "kube-proxy";

const synced = `max by (instance, ip_family) (last_over_time(kubeproxy_sync_proxy_rules_last_timestamp_seconds{job="${job}"}[5m]))`;
const queued = `max by (instance, ip_family) (last_over_time(kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds{job="${job}"}[5m]))`;

/** kube-proxy on every node. Clusters whose network plugin does its work leave the job off. */
export function kubeProxy({ thresholds }: Settings): RuleFile {
  const limits = thresholds.kubeProxy;
  return {
    subject: job,
    about: "kube-proxy on every node: whether it answers and writes its rules.",
    source: "generators/prometheus/rules/kube-proxy.ts",
    jobs: [job, "kube-state-metrics", "prometheus"],
    groups: [
      {
        name: job,
        rules: [
          jobDown(job, "KubeProxyDown", limits.downSeconds, {
            summary: "No kube-proxy answers.",
            description: "Prometheus reaches no kube-proxy: Services may lead to pods that are gone.",
          }),
          instanceUnreachable(
            job,
            "KubeProxyInstanceUnreachable",
            limits.unreachableSeconds,
            {
              summary: "A kube-proxy does not answer.",
              description: "Prometheus does not reach kube-proxy at {{ $labels.instance }}, but reaches others.",
            },
            notCordoned,
          ),
          alertingRule({
            alert: "KubeProxyRulesStale",
            why: "In a quiet cluster nothing is written for long: that is a fault only with something queued.",
            expr: lines(`time() - ${synced} > ${limits.staleSeconds}`, `and ${queued} > ${synced}`),
            for: "5m",
            severity: "warning",
            summary: "A kube-proxy does not write its rules.",
            description:
              "kube-proxy at {{ $labels.instance }} has changes waiting, and last wrote its {{ $labels.ip_family }} rules {{ $value | humanizeDuration }} ago.",
          }),
          clientErrors(job, thresholds.clients.errorRatio),
        ],
      },
    ],
  };
}
