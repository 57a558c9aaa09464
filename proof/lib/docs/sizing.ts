import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { defaults } from "../../../generators/settings/index.js";
import { quantity } from "../../../generators/settings/quantity.js";
import { type Footprint, footprints, formula, loadOf, needs } from "../../../scripts/lib/cost/estimate.js";
import { bytes, count } from "../../../scripts/lib/numbers.js";
import { root } from "../../../scripts/lib/project.js";
import { type Figures, type Form, forms, type Point, readFigures } from "../bench-scale/figures.js";
import { lineOf, linesTable, memoryPlot, pointsTable, ratioTable, titles } from "../bench-scale/report.js";
import { type Section, table, type Written } from "./section.js";

const file = "docs/sizing.md";
const days = 15;
const podsPerNode = 30;
const nodesOf = [1, 3, 10, 50, 100, 200, 500];

const stacks: readonly (readonly [Form, Footprint, string])[] = [
  ["full", footprints.full, titles.full],
  ["lean", footprints.lean, titles.lean],
];

/** What one replica of Prometheus needs, by the size of the cluster, in both forms of the stack: measured where it was. */
export async function sizesSection(): Promise<Section> {
  const { points } = await readFigures();
  const parts = stacks.map(([form, footprint, title]) => {
    const own = points.filter((point) => point.form === form);
    const rows = nodesOf.map((nodes) => {
      const pods = nodes * podsPerNode;
      const measured = own.find((point) => point.nodes === nodes);
      const load = loadOf(footprint, { nodes, pods });
      const { memory, cores, disk } = measured === undefined ? needs(load, days) : needed(measured);
      return [
        count(nodes),
        count(pods),
        count(measured?.series ?? load.series),
        count(measured?.storedPerSecond ?? load.storedPerSecond),
        bytes(memory),
        `${Number(cores.toPrecision(2))}`,
        bytes(disk),
        measured === undefined ? "estimate" : "measured",
      ];
    });
    const header = ["Nodes", "Pods", "Series", "Samples a second", "Memory", "Cores", `Disk for ${days} days`, ""];
    return `${title}, a scrape every ${footprint.intervalSeconds} s:\n\n${table(header, rows)}`;
  });
  return { file, name: "sizes", text: parts.join("\n\n") };
}

/** What a measured Prometheus needs: the most memory that it had, and disk as its samples and blocks tell. */
function needed(point: Point) {
  const hours = { block: 36, log: 3 };
  const { storedPerSecond, blockBytesPerSample, blockBytesPerSeries, walBytesPerSample, series } = point;
  const blocks = storedPerSecond * 86_400 * days * blockBytesPerSample;
  // A block has its index, and Prometheus puts blocks together until one has a tenth of the retention.
  const indexes = (series * blockBytesPerSeries * days * 24) / hours.block;
  const log = storedPerSecond * hours.log * 3600 * walBytesPerSample;
  return { memory: point.mostMemory, cores: point.cores, disk: blocks + indexes + log };
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
  return `${dates.join(", ")}, on ${machine}; ${versions}; ${podsPerNode} pods a node`;
}

/** Memory over nodes. */
export async function sizingPlot(): Promise<Written> {
  return { file: "docs/images/sizing.svg", text: memoryPlot((await readFigures()).points) };
}

/** How far the limits of overlays/prod reach, by the lines. */
export async function limitsSection(): Promise<Section> {
  const { points } = await readFigures();
  const lean = points.filter(({ form }) => form === "lean");
  const at = async (name: string) => parse(await readFile(join(root, "overlays/prod/monitoring", name), "utf8"));
  const container = (object: { spec: { template: { spec: { containers: [Record<string, never>] } } } }) =>
    object.spec.template.spec.containers[0];
  const { limits } = container(await at("resources.yaml")).resources as unknown as { limits: { memory: string } };
  const memory = quantity(limits.memory) ?? Number.NaN;
  const { start, slope } = lineOf(lean, ({ mostMemory }) => mostMemory);
  const most = Math.max(...lean.map(({ nodes }) => nodes));
  const reached = Math.floor((usable * memory - start) / slope / 10) * 10;
  const text = [
    `- Memory: the limit of \`overlays/prod\`, ${bytes(memory)}, is good for **${count(reached)} nodes** with ${podsPerNode} pods each${reached > most ? `, by the line: the largest measured was ${count(most)}` : ""}. A quarter of it is left for queries and for pods that come and go.`,
    `- Targets: the settings \`cluster.maxNodes\` and \`cluster.maxPods\` are ${count(defaults.cluster.maxNodes)} and ${count(defaults.cluster.maxPods)}. The limits that come of them end the scrapes of a job at ${count(2 * defaults.cluster.maxNodes)} nodes: raise them first.`,
  ].join("\n");
  return { file, name: "limits", text };
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
