import type { Component } from "../lib/base-and-component.js";
import { scrapeFiles } from "../prometheus/index.js";
import { kubeControllerManager } from "../prometheus/scrape/kube-controller-manager.js";
import { kubeScheduler } from "../prometheus/scrape/kube-scheduler.js";
import type { Settings } from "../settings/index.js";

/**
 * Reads scheduler and controller manager without checking their certificates: for clusters where these sign their own,
 * as kubeadm's do. Listed after `kube-scheduler` and `kube-controller-manager`, or after a platform that has both.
 */
export function insecureControlPlaneTls(settings: Settings): Component {
  return {
    name: "insecure-control-plane-tls",
    source: "generators/components/insecure-control-plane-tls.ts",
    about: "Scrapes scheduler and controller manager without checking their certificates.",
    replaces: [scrapeFiles([kubeScheduler("insecure"), kubeControllerManager("insecure")], settings)],
  };
}
