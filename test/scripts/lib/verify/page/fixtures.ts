import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../../../../scripts/lib/project.js";
import type { Figures, NodeFigures } from "../../../../../scripts/lib/verify/page/figures.js";
import { type JobReport, reportOf } from "../../../../../scripts/lib/verify/report.js";

/** 2026-05-04 10:00 UTC, in seconds. */
export const now = 1_777_888_800;
export const css = await readFile(join(root, "scripts/lib/verify/page/page.css"), "utf8");

const jobs: readonly JobReport[] = ["cadvisor", "kubelet", "kubernetes-apiservers", "node-exporter"].map(
  (job, index) => ({ job, expected: 2, up: 2, samples: 900 * (index + 1) ** 2, lastScrapeSecondsAgo: 3, problems: [] }),
);

/** A report in which everything holds. */
export const good = reportOf("overlays/devbox", [], [{ pod: "prometheus-0", jobs, problems: [] }]);

/** What a Prometheus of 40 minutes says of two nodes; between two of the samples it was away. */
export const figures: Figures = {
  pod: "prometheus-0",
  range: { start: now - 3600, end: now, step: 15 },
  nodes: [node("devbox", 0.6, 2), node("devbox-2", 0.2, 4)],
  otherNodes: 0,
  groups: [
    {
      name: "node",
      file: "/etc/prometheus/rules/node.yml",
      evaluationTime: 0.004,
      rules: [
        { name: "instance:node_cpu_busy:ratio_rate5m", type: "recording", health: "ok" },
        {
          name: "NodeMemoryHigh",
          type: "alerting",
          health: "ok",
          alerts: [
            {
              labels: { severity: "warning" },
              annotations: { summary: "Memory of devbox is short." },
              state: "firing",
              activeAt: "2026-05-04T09:41:00Z",
            },
          ],
        },
      ],
    },
  ],
  targets: jobs.map(({ job }, index) => ({
    labels: { job, instance: `10.0.0.${index}:10250`, node: "devbox" },
    scrapePool: job,
    scrapeUrl: `https://10.0.0.${index}:10250/metrics`,
    lastError: "",
    lastScrape: "2026-05-04T10:00:00Z",
    health: "up",
    lastScrapeDuration: 0.02 * (index + 1),
    scrapeInterval: "15s",
  })),
  costs: jobs
    .map(({ job, samples }) => ({ job, samples: samples ?? 0 }))
    .map(({ job, samples }) => ({
      job,
      scraped: samples * 2,
      series: samples * 2 - 100,
      samplesPerSecond: (samples * 2 - 100) / 15,
      scrapeSeconds: samples / 20_000,
      bodyBytes: undefined,
    })),
  headSeries: 54_321,
  memoryBytes: 210_000_000,
  bytesPerSample: undefined,
};

function node(name: string, load: number, cores: number): NodeFigures {
  const times = Array.from({ length: 160 }, (_, index) => now - 2400 + index * 15).filter(
    (at) => at < now - 900 || at > now - 700,
  );
  const wave = (at: number, phase: number) => Math.min(1, Math.max(0, load + 0.25 * Math.sin(at / 170 + phase)));
  const mean = (at: number) => {
    const all = Array.from({ length: cores }, (_, core) => wave(at, core));
    return all.reduce((sum, value) => sum + value, 0) / cores;
  };
  return {
    name,
    busy: times.map((at) => [at, mean(at)]),
    cores: Array.from({ length: cores }, (_, core) => ({
      name: `${core}`,
      busy: times.map((at) => [at, wave(at, core)] as const),
    })),
    memory: times.map((at) => [at, 3.1e9 + 4e8 * Math.sin(at / 400)]),
    memoryTotal: 8.2e9,
  };
}
