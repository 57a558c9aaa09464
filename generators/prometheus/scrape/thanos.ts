import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import { mostReplicas } from "../../settings/forms.js";
import type { Settings } from "../../settings/index.js";
import type { names } from "../../thanos/names.js";
import { podsBehind } from "./endpoints-of.js";
import { guards } from "./guards.js";
import { on } from "./off.js";
import type { OptionalJobs } from "./optional.js";

/** What each part does, by its name. */
const parts: Readonly<Record<(typeof names)[keyof typeof names], string>> = {
  "thanos-sidecar": "Every sidecar of Thanos, one beside each Prometheus.",
  "thanos-query": "Every replica of Thanos' Querier.",
  "thanos-query-frontend": "Every replica of Thanos' Query Frontend.",
  "thanos-store": "Every replica of Thanos' Store Gateway.",
  "thanos-compact": "Thanos' Compactor.",
};

/** Every part of Thanos, a job each: what one of them says of itself, another one does not know. */
export function thanosJobs(settings: Settings): OptionalJobs {
  return {
    component: "thanos",
    about:
      "Keeps samples in an object store for years, and answers for all replicas at once; the store is named by the Secret thanos-objstore.",
    jobs: on(Object.entries(parts).map(jobOf), settings),
  };
}

function jobOf([name, about]: readonly [string, string]): ScrapeJob {
  return {
    about,
    source: "generators/prometheus/scrape/thanos.ts",
    expects: { every: "endpoint", of: name, port: "http", in: "own namespace" },
    config: {
      job_name: name,
      kubernetes_sd_configs: [{ role: "endpointslice", namespaces: { own_namespace: true } }],
      relabel_configs: podsBehind(name, "http"),
      ...guards({ targets: mostReplicas, samples: 5_000, bytesPerSample: 200 }),
    },
  };
}
