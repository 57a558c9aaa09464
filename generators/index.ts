import { kubeStateMetrics } from "./kube-state-metrics/index.js";
import type { Component } from "./lib/component.js";
import { namespace } from "./namespace/index.js";
import { nodeExporter } from "./node-exporter/index.js";
import { prometheus } from "./prometheus/index.js";
import type { Settings } from "./settings.js";

/** The stack: its components, in the order in which they are applied. A component of your own is one more line. */
export function stack(settings: Settings): readonly Component[] {
  return [namespace(settings), prometheus(settings), nodeExporter(settings), kubeStateMetrics(settings)];
}
