import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import { type Bundle, jobsOf } from "../bundle/index.js";
import { Failure } from "../failure.js";
import type { Problem } from "./report.js";

/** The ConfigMaps of Prometheus that are in the cluster with other content than the overlay's. */
export function unapplied({ overlay, configMaps, prometheus }: Bundle, live: readonly IConfigMap[]): Problem[] {
  return configMaps.flatMap(({ name, data }): Problem[] => {
    const found = live.find(({ metadata }) => metadata?.name === name);
    if (found === undefined) return [];
    const files = Object.keys(data).filter((file) => found.data?.[file] !== data[file]);
    if (files.length === 0) return [];
    return [
      {
        kind: "not applied",
        subject: `ConfigMap ${prometheus.namespace}/${name}`,
        reason: `${files.join(", ")} in the cluster ${files.length === 1 ? "is" : "are"} not as in ${overlay}`,
        cure: `kubectl apply -k ${overlay}`,
      },
    ];
  });
}

/** The jobs that the ConfigMaps in the cluster have. A file that is broken there has none. */
export function appliedJobs(live: readonly IConfigMap[]): ReadonlySet<string> {
  const files = live.flatMap(({ data = {} }) => Object.entries(data));
  return new Set(files.flatMap(([file, text]) => namesIn(file, text)));
}

function namesIn(file: string, text: string): string[] {
  try {
    return jobsOf(file, text).map(({ job_name }) => job_name);
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}
