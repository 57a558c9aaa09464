import type { Component } from "../lib/base-and-component.js";
import { annotated } from "../prometheus/scrape/applications.js";
import type { OptionalJobs } from "../prometheus/scrape/optional.js";
import type { Settings } from "../settings/index.js";

/**
 * Scrapes the pods and Services of all namespaces that ask for it by annotations. Prometheus sees all pods then.
 *
 * @param componentOf makes a Component of jobs
 */
export function annotatedWorkloads(settings: Settings, componentOf: (jobs: OptionalJobs) => Component): Component {
  return { ...componentOf(annotated(settings)), source: "generators/components/annotated-workloads.ts" };
}
