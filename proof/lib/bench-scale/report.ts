import { scaleLinear } from "d3-scale";
import { escaped } from "../../../scripts/lib/markup.js";
import { bytes, count, percent } from "../../../scripts/lib/numbers.js";
import { table } from "../markdown-table.js";
import type { Form, Point } from "./figures.js";
import { fit, type Line } from "./fit.js";

/** How each form is called where people read. */
export const titles: Readonly<Record<Form, string>> = {
  full: "As it is, as in `overlays/devbox`",
  lean: "With `lean` and `native-histograms`, as in `overlays/prod`",
  "lean-2": "The same in two shards: memory of the larger one, all else of both",
  "kube-prometheus": "What kube-prometheus scrapes, without its rules",
};

const two = (value: number) => `${Number(value.toPrecision(2))}`;

/** What of a point lies on a line over the nodes. */
const measures: readonly {
  readonly title: string;
  readonly of: (point: Point) => number;
  readonly show: (value: number) => string;
}[] = [
  { title: "Series", of: ({ series }) => series, show: count },
  { title: "Samples a second", of: ({ storedPerSecond }) => storedPerSecond, show: two },
  { title: "Memory", of: ({ memory }) => memory, show: bytes },
  { title: "Cores", of: ({ cores }) => cores, show: two },
  { title: "Memory of kube-state-metrics", of: ({ exporterMemory }) => exporterMemory, show: bytes },
  { title: "Cores of kube-state-metrics", of: ({ exporterCores }) => exporterCores, show: two },
];

/** What was measured, a row for each. */
export function pointsTable(points: readonly Point[]): string {
  const seconds = (value: number | null) => (value === null ? "not all" : `${value} s`);
  const header = [
    "Nodes",
    "Series",
    "Samples a second",
    "Memory",
    "at most",
    "Cores",
    "Targets known after",
    "up after",
    "up at the end",
    "Log, B a sample",
    "Block, B a sample",
    "and a series",
    "kube-state-metrics: samples",
    "memory",
    "cores",
  ];
  return table(
    header,
    points.map((point) => [
      count(point.nodes),
      count(point.series),
      count(point.storedPerSecond),
      bytes(point.memory),
      bytes(point.mostMemory),
      two(point.cores),
      seconds(point.discovered),
      seconds(point.up),
      percent(point.upRatio),
      two(point.walBytesPerSample),
      two(point.blockBytesPerSample),
      two(point.blockBytesPerSeries),
      count(point.exporterSamples),
      bytes(point.exporterMemory),
      two(point.exporterCores),
    ]),
  );
}

/** The straight lines through the points of each form that has three; undefined where none has. */
export function linesTable(points: readonly Point[]): string | undefined {
  const rows = (Object.keys(titles) as Form[]).flatMap((form) => {
    const own = points.filter((point) => point.form === form);
    if (own.length < 3) return [];
    return measures.map(({ title, of, show }) => {
      const { start, slope, rSquared } = lineOf(own, of);
      return [titles[form], title, show(start), show(slope), rSquared.toFixed(3)];
    });
  });
  return rows.length === 0 ? undefined : table(["", "", "Without nodes", "Of a node with its pods", "R²"], rows);
}

/** The line of one measure of points of one form. */
export function lineOf(points: readonly Point[], of: (point: Point) => number): Line {
  return fit(points.map((point) => [point.nodes, of(point)]));
}

/**
 * How many times as much as kube-prometheus' jobs each of ours took, of the sizes at which both were measured.
 * Undefined where there are none.
 */
export function ratioTable(points: readonly Point[]): string | undefined {
  const shown = ["full", "lean"] as const;
  const rows = points
    .filter(({ form }) => form === "kube-prometheus")
    .flatMap((peer) =>
      shown.flatMap((form) => {
        const own = points.find((point) => point.form === form && point.nodes === peer.nodes);
        if (own === undefined) return [];
        const ratios = measures.slice(0, 4).map(({ of }) => (of(own) / of(peer)).toFixed(2));
        return [[count(peer.nodes), titles[form], ...ratios]];
      }),
    );
  return rows.length === 0 ? undefined : table(["Nodes", "", "Series", "Samples a second", "Memory", "Cores"], rows);
}

const size = { width: 760, height: 360, left: 70, right: 20, top: 60, bottom: 40 } as const;
const colours: Readonly<Record<Form, string>> = {
  full: "#2f6f9f",
  lean: "#5aa469",
  "lean-2": "#9b59b6",
  "kube-prometheus": "#b0b0b0",
};

/** Memory over nodes, as an SVG: a point for each measurement, and the line through those of a form. */
export function memoryPlot(points: readonly Point[]): string {
  const x = scaleLinear([0, Math.max(...points.map(({ nodes }) => nodes))], [size.left, size.width - size.right]);
  const most = Math.max(...points.map(({ memory }) => memory)) / 2 ** 30;
  const y = scaleLinear([0, most * 1.05], [size.height - size.bottom, size.top]);
  const at = (nodes: number, memory: number) => [x(nodes).toFixed(1), y(memory / 2 ** 30).toFixed(1)] as const;
  const grid = [
    ...x.ticks(6).map((tick) => {
      const left = x(tick).toFixed(1);
      return `<line x1="${left}" x2="${left}" y1="${size.top}" y2="${size.height - size.bottom}" stroke="#ddd"/><text x="${left}" y="${size.height - size.bottom + 18}" text-anchor="middle">${tick}</text>`;
    }),
    ...y.ticks(5).map((tick) => {
      const top = y(tick).toFixed(1);
      return `<line x1="${size.left}" x2="${size.width - size.right}" y1="${top}" y2="${top}" stroke="#ddd"/><text x="${size.left - 8}" y="${Number(top) + 4}" text-anchor="end">${tick} GiB</text>`;
    }),
    `<text x="${(size.left + size.width - size.right) / 2}" y="${size.height - 4}" text-anchor="middle">nodes</text>`,
  ];
  const drawn = (Object.keys(titles) as Form[]).flatMap((form, index) => {
    const own = points.filter((point) => point.form === form);
    if (own.length === 0) return [];
    const colour = colours[form];
    const dots = own.map(({ nodes, memory }) => {
      const [left, top] = at(nodes, memory);
      return `<circle cx="${left}" cy="${top}" r="4" fill="${colour}"/>`;
    });
    const lines = own.length < 3 ? [] : [lineOf(own, ({ memory }) => memory)];
    const ends = [Math.min(...own.map(({ nodes }) => nodes)), Math.max(...own.map(({ nodes }) => nodes))];
    const [left, right] = [20 + (index % 2) * 370, 14 + Math.floor(index / 2) * 20];
    return [
      ...lines.map(({ start, slope }) => {
        const [[x1, y1], [x2, y2]] = ends.map((nodes) => at(nodes, start + slope * nodes)) as [
          readonly [string, string],
          readonly [string, string],
        ];
        return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="2"/>`;
      }),
      ...dots,
      `<rect x="${left}" y="${right - 10}" width="12" height="12" fill="${colour}"/><text x="${left + 18}" y="${right}">${escaped(titles[form].replaceAll("`", ""))}</text>`,
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12" fill="#555"><title>Memory of a Prometheus over nodes with 30 pods each</title>${[...grid, ...drawn].join("")}</svg>\n`;
}
