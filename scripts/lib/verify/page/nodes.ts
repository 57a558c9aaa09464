import { escaped } from "../../markup.js";
import { bytes, percent } from "../../numbers.js";
import type { Figures, NodeFigures, Points } from "./figures.js";
import { plot } from "./plot.js";

/** Of more cores than these, the average alone is drawn. */
const drawnCores = 32;
/** The least that a plot shows, however young Prometheus is. */
const leastSeconds = 300;

/** Processor and memory of each node. */
export function nodes({ nodes, otherNodes, range }: Figures): string {
  if (nodes.length === 0) return `<h2>Nodes</h2><p class="quiet">Prometheus has no samples of any node yet.</p>`;
  const first = Math.min(
    ...nodes.flatMap(({ busy, memory }) => [busy[0]?.[0] ?? range.end, memory[0]?.[0] ?? range.end]),
  );
  const shared = { from: Math.min(first, range.end - leastSeconds), to: range.end, step: range.step };
  const others = otherNodes === 0 ? "" : `<p class="quiet">and ${otherNodes} less busy nodes</p>`;
  return `<h2>Nodes</h2><p class="quiet">Times are UTC.</p>${nodes.map((node) => card(node, shared)).join("")}${others}`;
}

function card(node: NodeFigures, shared: { from: number; to: number; step: number }): string {
  const { name, busy, cores, memory, memoryTotal } = node;
  const known = cores.length <= drawnCores ? cores : [];
  const processor = plot({
    ...shared,
    title: `Share of time in which the cores of ${name} were busy`,
    lines: [
      ...known.map((core) => ({ name: `core ${core.name}`, points: core.busy, kind: "other" as const })),
      { name: "all cores", points: busy, kind: "main" },
    ],
    max: 1,
    show: percent,
  });
  const gibibytes = 1024 ** 3;
  const used = plot({
    ...shared,
    title: `Memory of ${name} that is in use`,
    lines: [{ name: "in use", points: memory.map(([at, value]) => [at, value / gibibytes]), kind: "main" }],
    max: memoryTotal / gibibytes,
    show: (value) => `${value} GiB`,
  });
  const keys = known.map((core, index) => `<span class="key c${index % 8}"></span>${escaped(core.name)}`);
  const legend = `<span class="key main"></span>all ${cores.length} cores${keys.length > 0 ? `; core ${keys.join(" ")}` : ""}`;
  return (
    `<section class="card"><h3>${escaped(name)}</h3><div class="two">` +
    `<figure><figcaption><b>CPU busy</b> <span class="now">${percent(now(busy))}</span> now</figcaption>${processor}<p class="legend">${legend}</p></figure>` +
    `<figure><figcaption><b>Memory in use</b> <span class="now">${bytes(now(memory))}</span> of ${bytes(memoryTotal)}</figcaption>${used}<p class="legend"><span class="key main"></span>not available to programs</p></figure>` +
    "</div></section>"
  );
}

function now(points: Points): number {
  return points.at(-1)?.[1] ?? 0;
}
