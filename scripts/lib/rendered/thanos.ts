import type { Rendered } from "./objects.js";
import { runs } from "./prometheus.js";
import { type Workload, workloadsOf } from "./workloads.js";

/** Every workload that runs a part of Thanos, by its subcommand. */
export function partsOfThanos(rendered: Pick<Rendered, "objects">, command: string): Workload[] {
  return workloadsOf(rendered).filter(({ containers }) =>
    containers.some((container) => runs(container, "thanos") && container.args?.[0] === command),
  );
}
