import type { ScrapeJob } from "../../../metrics/scrape-job.js";
import type { Settings } from "../../settings/index.js";
import { annotatedPods } from "./annotated-pods.js";
import { annotatedServices } from "./annotated-services.js";
import { blackboxExporter } from "./blackbox-exporter.js";
import { on } from "./off.js";
import { everyJob, type OptionalJobs } from "./optional.js";
import { probes } from "./probes.js";
import { thanosJobs } from "./thanos.js";

/** Pods and Services that ask to be scraped. */
export function annotated(settings: Settings): OptionalJobs {
  return {
    component: "annotated-workloads",
    about: "Scrapes the pods and Services that ask for it by annotations.",
    jobs: on([annotatedPods(settings), annotatedServices(settings)], settings),
  };
}

/** What is looked at from outside, and who looks. */
export function probing(settings: Settings): OptionalJobs {
  return {
    component: "blackbox-exporter",
    about: "Probes URLs and Services, over HTTP, TCP, TLS and DNS.",
    jobs: on([blackboxExporter(), probes()], settings),
  };
}

/** Every job there is: those about Kubernetes and the stack, and those about what runs on them. */
export function allJobs(settings: Settings): readonly ScrapeJob[] {
  return [...everyJob(settings), ...annotated(settings).jobs, ...probing(settings).jobs, ...thanosJobs(settings).jobs];
}
