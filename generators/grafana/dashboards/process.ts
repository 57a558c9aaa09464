import { type Draft, graph } from "../lib/panels.js";

/** What a program written in Go takes for itself: three panels that are the same wherever it runs. */
export function process(
  matchers: string,
  legend: string,
): { readonly title: string; readonly panels: readonly Draft[] } {
  return {
    title: "The program itself",
    panels: [
      graph({
        width: 8,
        title: "Processors of the program",
        description: "Processors that the program keeps at work.",
        unit: "suffix: cores",
        expr: `rate(process_cpu_seconds_total{${matchers}}[$__rate_interval])`,
        legend,
      }),
      graph({
        width: 8,
        title: "Memory of the program",
        description: "Memory that the program holds.",
        unit: "bytes",
        expr: `process_resident_memory_bytes{${matchers}}`,
        legend,
      }),
      graph({
        width: 8,
        title: "Goroutines",
        description: "Tasks within the program. A number that only grows is a leak.",
        unit: "none",
        expr: `go_goroutines{${matchers}}`,
        legend,
      }),
    ],
  };
}
