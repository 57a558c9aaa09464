import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IContainer } from "kubernetes-models/v1/Container";
import { parse } from "yaml";
import { guards } from "../../../generators/prometheus/scrape/guards.js";
import { bytesOf } from "../../../generators/settings/forms.js";
import { defaults } from "../../../generators/settings/index.js";
import { quantity } from "../../../generators/settings/quantity.js";
import { type Footprint, footprints, formula, loadOf, needs } from "../../../scripts/lib/cost/estimate.js";
import { bytes, count, percent } from "../../../scripts/lib/numbers.js";
import { root } from "../../../scripts/lib/project.js";
import { median } from "../bench.js";
import { type Figures, type Form, forms, type Point, podsPerNode, readFigures } from "../bench-scale/figures.js";
import { lineOf, linesTable, memoryPlot, pointsTable, ratioTable, titles } from "../bench-scale/report.js";
import { table } from "../markdown-table.js";
import type { Section, Written } from "./section.js";

const file = "docs/sizing.md";
const days = 15;
const nodesOf = [1, 3, 10, 50, 100, 200, 500];

const stacks: readonly (readonly [Form, Footprint, string])[] = [
  ["full", footprints.full, titles.full],
  ["lean", footprints.lean, titles.lean],
];

/** What one replica of Prometheus needs, by the size of the cluster, in both forms of the stack: measured, or by the line. */
export async function sizesSection(): Promise<Section> {
  const { points } = await readFigures();
  const parts = stacks.map(([form, footprint, title]) => {
    const own = points.filter((point) => point.form === form);
    const rows = nodesOf.map((nodes) => {
      const measured = own.find((point) => point.nodes === nodes);
      const at = (of: (point: Point) => number) => (measured === undefined ? lineOf(own, of).at(nodes) : of(measured));
      return [
        count(nodes),
        count(nodes * podsPerNode),
        count(at(({ series }) => series)),
        count(at(({ storedPerSecond }) => storedPerSecond)),
        bytes(at((point) => memoryOf(point, footprint))),
        `${Number(at(({ cores }) => cores).toPrecision(2))}`,
        bytes(at((point) => diskOf(point, days, own))),
        measured === undefined ? "by the line" : "measured",
      ];
    });
    const header = ["Nodes", "Pods", "Series", "Samples a second", "Memory", "Cores", `Disk for ${days} days`, ""];
    return `${title}, a scrape every ${footprint.intervalSeconds} s:\n\n${table(header, rows)}`;
  });
  return { file, name: "sizes", text: parts.join("\n\n") };
}

/** The most memory that it had, or what the formula says: that counts a head of two to three hours, which minutes do not fill. */
function memoryOf({ nodes, series, mostMemory }: Point, footprint: Footprint): number {
  const load = loadOf(footprint, { nodes, pods: nodes * podsPerNode });
  return Math.max(mostMemory, needs({ ...load, series }, days).memory);
}

/**
 * What its samples and series take, a sample as much as with any number of nodes.
 *
 * @param own - all points of its form: what a single one says of a sample is off by half where targets answer late
 */
function diskOf({ storedPerSecond, series }: Point, days: number, own: readonly Point[]): number {
  // Prometheus puts blocks together until one has a tenth of the retention, and each has an index.
  const [blockCount, hoursOfLog] = [10, 3];
  const typical = (of: (point: Point) => number) => median(own.map(of));
  const blocks = storedPerSecond * 86_400 * days * typical(({ blockBytesPerSample }) => blockBytesPerSample);
  const indexes = series * typical(({ blockBytesPerSeries }) => blockBytesPerSeries) * blockCount;
  const log = storedPerSecond * hoursOfLog * 3600 * typical(({ walBytesPerSample }) => walBytesPerSample);
  return blocks + indexes + log;
}

/** What was measured, on what, and the lines through it. */
export async function measuredSection(): Promise<Section> {
  const figures = await readFigures();
  const parts = forms.flatMap((form) => {
    const own = figures.points.filter((point) => point.form === form);
    return own.length === 0 ? [] : [`${titles[form]}:\n\n${pointsTable(own)}`];
  });
  const lines = linesTable(figures.points);
  const ratios = ratioTable(figures.points);
  const text = [
    `${onWhat(figures)}:`,
    ...parts,
    ...(lines === undefined ? [] : ["Straight lines through these, by the number of nodes:", lines]),
    ...(ratios === undefined
      ? []
      : [
          "How many times as much as the jobs of kube-prometheus on the same targets, which is without its rules:",
          ratios,
        ]),
  ].join("\n\n");
  return { file, name: "measured", text };
}

function onWhat({ machine, versions, points }: Figures): string {
  const dates = [...new Set(points.map(({ date }) => date))].sort();
  const busy = [...new Set(points.flatMap((point) => (point.busy ? point.nodes : [])))];
  const beside = busy.length === 0 ? "" : `; rows of ${busy.join(", ")} nodes beside other work`;
  return `${dates.join(", ")}, on ${machine}${beside}; ${versions}; ${podsPerNode} pods a node`;
}

/** Memory over nodes. */
export async function sizingPlot(): Promise<Written> {
  return { file: "docs/images/sizing.svg", text: memoryPlot((await readFigures()).points) };
}

/** How many nodes the limits of overlays/prod are good for, by the lines; and the least of that for both READMEs. */
export async function limitsSections(): Promise<readonly Section[]> {
  const { points } = await readFigures();
  const lean = points.filter(({ form }) => form === "lean");
  const containerIn = async (path: string) => {
    const workload = parse(await readFile(join(root, path), "utf8")) as IStatefulSet;
    return workload.spec?.template.spec?.containers[0] as IContainer;
  };
  const memoryLimit = ({ resources }: IContainer) => quantity(resources?.limits?.memory ?? "") ?? Number.NaN;
  const { env = [] } = await containerIn("overlays/prod/monitoring/retention.yaml");
  const variable = (wanted: string) => env.find(({ name }) => name === wanted)?.value ?? "";
  const kept = Number.parseInt(variable("RETENTION_TIME"), 10);
  const memory = memoryLimit(await containerIn("overlays/prod/monitoring/resources.yaml"));
  const disk = bytesOf(variable("RETENTION_SIZE"));
  const exporter = memoryLimit(await containerIn("base/kube-state-metrics/deployment.yaml"));
  const reached = (limit: number, of: (point: Point) => number) => {
    const { start, slope } = lineOf(lean, of);
    return Math.floor((limit - start) / slope / 10) * 10;
  };
  const { target_limit: targets } = guards({ targets: defaults.cluster.maxNodes, samples: 0, bytesPerSample: 0 });
  const limits: readonly (readonly [what: string, limit: string, nodes: number])[] = [
    ["Memory of Prometheus", bytes(memory), reached(usable * memory, (point) => memoryOf(point, footprints.lean))],
    [`Disk for the samples of ${kept} days`, bytes(disk), reached(disk, (point) => diskOf(point, kept, lean))],
    ["Memory of kube-state-metrics", bytes(exporter), reached(usable * exporter, (point) => point.exporterMemory)],
    ["Targets of a job, twice the setting `cluster.maxNodes`", count(targets), targets],
  ];
  const largest = Math.max(...lean.map(({ nodes }) => nodes));
  const rows = limits.map(([what, limit, nodes]) => [what, limit, count(nodes)]);
  const least = count(Math.min(...limits.map(([, , nodes]) => nodes)));
  const page = "docs/sizing.md#how-far-the-defaults-reach";
  return [
    {
      file,
      name: "limits",
      text: `${table(["Limit of `overlays/prod`", "", `Nodes with ${podsPerNode} pods each`], rows)}\n\nBy lines through what was measured, with ${count(largest)} nodes at most. Of memory ${percent(1 - usable)} is left for queries and for pods that come and go.`,
    },
    {
      file: "README.md",
      name: "limits",
      text: `Its limits are good for **${least} nodes** with ${podsPerNode} pods each, measured with up to ${count(largest)} simulated ones: [which limit is good for how many](${page}).`,
    },
    {
      file: "README.ja.md",
      name: "limits",
      text: `既定の上限で、Pod が ${podsPerNode} 個ずつのノード **${least} 台**まで足ります。最大 ${count(largest)} 台のシミュレーションで測定しました（[上限ごとの台数](${page})）。`,
    },
  ];
}

/** Share of a limit that the measured memory may be. */
const usable = 0.75;

/** The formula with its constants, and what it takes the series from. */
export function formulaSection(): Section {
  const rows = (["series", "scraped"] as const).flatMap((what) =>
    stacks.map(([, { [what]: part }, title]) => [
      `${what === "series" ? "Series kept" : "Samples of a round"}: ${title.replace(/, as in.*/, "").toLowerCase()}`,
      ...[part.node, part.pod, part.rest].map(count),
    ]),
  );
  const text = `\`\`\`text\n${formula.join("\n")}\n\`\`\`\n\n${table(["", "Of a node", "Of a pod", "Of all else"], rows)}`;
  return { file, name: "formula", text };
}
