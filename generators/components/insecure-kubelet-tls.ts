import type { ScrapeJob } from "../../metrics/scrape-job.js";
import type { Component } from "../lib/base-and-component.js";
import { scrapeFiles } from "../prometheus/index.js";
import { scrapeJobs } from "../prometheus/scrape/index.js";
import { kubeletPaths } from "../prometheus/scrape/kubelet-paths.js";
import type { Settings } from "../settings/index.js";

const source = "generators/components/insecure-kubelet-tls.ts";

/**
 * Reads the kubelets without checking their certificate: for clusters whose kubelets sign their own.
 * The files come from the jobs themselves, and only those that differ are replaced.
 */
export function insecureKubeletTls(settings: Settings): Component {
  return {
    name: "insecure-kubelet-tls",
    source,
    about: "Scrapes the kubelets without checking their certificates.",
    replaces: [scrapeFiles(changed(settings, scrapeJobs), settings)],
  };
}

/** The same for the jobs of `kubelet-paths`, which is listed before it. */
export function insecureKubeletPathsTls(settings: Settings): Component {
  return {
    name: "insecure-kubelet-paths-tls",
    source,
    about: "Scrapes the paths of kubelet-paths without checking the kubelets' certificates.",
    replaces: [scrapeFiles(changed(settings, kubeletPaths), settings)],
  };
}

function changed(settings: Settings, jobs: (settings: Settings) => readonly ScrapeJob[]): ScrapeJob[] {
  const by = (kubeletTls: Settings["scrape"]["kubeletTls"]) =>
    jobs({ ...settings, scrape: { ...settings.scrape, kubeletTls } });
  const verified = by("verified");
  const insecure = by("insecure");
  return insecure.filter((job, index) => JSON.stringify(job) !== JSON.stringify(verified[index]));
}
