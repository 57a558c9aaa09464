import { nodeAgents } from "../../../generators/components/agent-on-nodes.js";
import { milliseconds } from "../../../metrics/duration.js";
import { prometheusesOf } from "../rendered/prometheus.js";
import { environmentOf } from "../rendered/variables.js";
import type { Check } from "./check.js";

/** What an agent on a node and the Prometheus whose targets it shares have to be told alike, and what becomes of it else. */
const alike = {
  CLUSTER: "their samples would be of two clusters",
  WAL_TRUNCATE_FREQUENCY: "one of them keeps what was not sent for less long",
} as const;

/** Agents on nodes name the same cluster as the Prometheus whose targets they share, and keep what was not sent for as long. */
export const agents: Check = {
  name: "agents on nodes",
  run: async (rendered) => {
    const all = prometheusesOf(rendered);
    return all
      .filter(({ workload }) => workload.labels["app.kubernetes.io/name"] === nodeAgents)
      .flatMap(({ workload: { object, namespace }, container }) => {
        const central = all.find(
          ({ workload, container: one }) =>
            workload.kind !== "DaemonSet" && workload.namespace === namespace && one.args?.includes("--agent"),
        );
        if (central === undefined) return [];
        const [own, others] = [container, central.container].map(
          (one) => environmentOf(one, namespace, rendered.objects).variables,
        );
        return Object.entries(alike).flatMap(([name, why]) => {
          const [value, other] = [own?.get(name), others?.get(name)];
          // What only the cluster knows.
          if (value === undefined || other === undefined || isSame(value, other)) return [];
          return {
            object,
            message: `variable ${name} is ${value}, and ${other} in ${central.workload.object}: ${why}`,
            fix: "patch both alike",
          };
        });
      });
  },
};

/** Also where one of them says a duration in other words. */
function isSame(one: string, other: string): boolean {
  const isDuration = (text: string) => /^(\d+(ms|[ywdhms]))+$/.test(text);
  return one === other || (isDuration(one) && isDuration(other) && milliseconds(one) === milliseconds(other));
}
