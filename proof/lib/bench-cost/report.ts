import { scaleLinear } from "d3-scale";
import { escaped } from "../../../scripts/lib/markup.js";
import { table } from "../markdown-table.js";
import type { Cost } from "./contest.js";

/** A row of the table: what is measured, and how it is written. */
interface Measure {
  readonly title: string;
  readonly of: (cost: Cost) => number;
  readonly show: (value: number) => string;
  /** What overlays/prod is to have at most. */
  readonly goal?: Goal;
}

interface Goal {
  readonly most: number;
  /** Of kube-prometheus', and not by itself. */
  readonly ratio?: true;
  /** Why it may be missed. */
  readonly why: string;
}

const noRules = "the goal was set beside kube-prometheus with its rules, and without a checkout it runs none";

const digits = (count: number) => (value: number) =>
  value.toLocaleString("en-US", { maximumFractionDigits: count, minimumFractionDigits: count });

const measures: readonly Measure[] = [
  {
    title: "head series",
    of: ({ headSeries }) => headSeries,
    show: digits(0),
    goal: { most: 0.09, ratio: true, why: "the cluster has less that nobody reads than the one of the goal" },
  },
  {
    title: "kept for one of a name that is read",
    of: ({ wasteByName }) => wasteByName,
    show: digits(2),
    goal: { most: 1.02, why: "what people ask for by hand is kept too, and no rule or panel reads it" },
  },
  {
    title: "kept for one that a selector takes",
    of: ({ wasteBySelector }) => wasteBySelector,
    show: digits(2),
    goal: { most: 1.1, why: "what people ask for by hand is kept too, and no selector takes it" },
  },
  {
    title: "samples appended a second (a histogram is one)",
    of: ({ appendedPerSecond }) => appendedPerSecond,
    show: digits(0),
    goal: { most: 0.09, ratio: true, why: "the cluster has less that nobody reads than the one of the goal" },
  },
  {
    title: "memory above an empty one, MB (RSS, median)",
    of: ({ memoryAboveEmpty }) => memoryAboveEmpty / 1e6,
    show: digits(0),
    goal: {
      most: 0.33,
      ratio: true,
      why: `${noRules}; and the scrape cache remembers what relabelling drops as well`,
    },
  },
  {
    title: "log, kB a second",
    of: ({ walBytesPerSecond }) => walBytesPerSecond / 1e3,
    show: digits(1),
    goal: { most: 0.16, ratio: true, why: "what rules record is in the log too" },
  },
  {
    title: "rule evaluation, seconds in the run",
    of: ({ ruleSeconds }) => ruleSeconds,
    show: digits(2),
    goal: { most: 0.41, ratio: true, why: noRules },
  },
  {
    title: "scraped, kB a second",
    of: ({ scrapedBytesPerSecond }) => scrapedBytesPerSecond / 1e3,
    show: digits(0),
    goal: {
      most: 0.46,
      ratio: true,
      why: "relabelling drops what has been sent already; of most targets only the interval, and protobuf, save bytes",
    },
  },
  {
    title: "on the wire, kB a second",
    of: ({ wireBytesPerSecond }) => wireBytesPerSecond / 1e3,
    show: digits(0),
  },
  { title: "CPU, seconds in the run", of: ({ cpuSeconds }) => cpuSeconds, show: digits(1) },
];

/** All costs beside each other: each figure, and in brackets how many times that of the last one it is. The goals stand last. */
export function costTable(costs: readonly Cost[]): string {
  const reference = costs.at(-1);
  const rows = measures.map(({ title, of, show, goal }) => [
    title,
    ...costs.map((cost) => {
      const [value, other] = [of(cost), reference === undefined ? Number.NaN : of(reference)];
      if (!Number.isFinite(value)) return "not known";
      return cost === reference || !(other > 0) ? show(value) : `${show(value)} (${digits(2)(value / other)})`;
    }),
    goal === undefined ? "" : goal.ratio ? `(${goal.most})` : `${goal.most}`,
  ]);
  return table(["", ...costs.map(({ name }) => name), `goal of ${ofGoals}`], rows);
}

const ofGoals = "overlays/prod";

/** The goals that are not met, a line each with the reason. */
export function missedGoals(costs: readonly Cost[]): readonly string[] {
  const [prod, reference] = [costs.find(({ name }) => name === ofGoals), costs.at(-1)];
  if (prod === undefined || reference === undefined) return [];
  return measures.flatMap(({ title, of, goal }) => {
    if (goal === undefined) return [];
    const reached = goal.ratio ? of(prod) / of(reference) : of(prod);
    // Rounded as it is shown.
    if (Number(reached.toFixed(2)) <= goal.most) return [];
    const value = Number.isFinite(reached) ? reached.toFixed(2) : "not to be had";
    return [`${title}: ${value} in place of ${goal.most}, as ${goal.why}`];
  });
}

const size = { width: 760, label: 330, right: 60, bar: 14, gap: 14, top: 34 } as const;
const colours = ["#2f6f9f", "#5aa469", "#b0b0b0"];

/** How many times the last one's cost each has, as an SVG of bars. */
export function costPlot(costs: readonly Cost[]): string {
  const reference = costs.at(-1);
  const shown = measures.filter(({ of }) => reference !== undefined && of(reference) > 0);
  const ratio = (cost: Cost, { of }: Measure) => (reference === undefined ? 0 : of(cost) / of(reference));
  const most = Math.max(1, ...shown.flatMap((measure) => costs.map((cost) => ratio(cost, measure))));
  const x = scaleLinear([0, most], [size.label, size.width - size.right]);
  const rowHeight = costs.length * size.bar + size.gap;
  const bars = shown.flatMap((measure, row) => {
    const top = size.top + row * rowHeight;
    const middle = top + (costs.length * size.bar) / 2 + 4;
    return [
      `<text x="${size.label - 8}" y="${middle}" text-anchor="end">${escaped(measure.title)}</text>`,
      ...costs.map((cost, index) => {
        const [y, end] = [top + index * size.bar, Math.round(x(ratio(cost, measure)))];
        return `<rect x="${size.label}" y="${y}" width="${Math.max(1, end - size.label)}" height="${size.bar - 2}" fill="${colours[index % colours.length]}"/><text x="${end + 4}" y="${y + size.bar - 4}">${ratio(cost, measure).toFixed(2)}</text>`;
      }),
    ];
  });
  const legend = costs.map(
    ({ name }, index) =>
      `<rect x="${20 + index * 180}" y="8" width="12" height="12" fill="${colours[index % colours.length]}"/><text x="${38 + index * 180}" y="18">${escaped(name)}</text>`,
  );
  const height = size.top + shown.length * rowHeight;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" font-family="sans-serif" font-size="12" fill="#555"><title>What each costs, as a multiple of ${escaped(reference?.name ?? "")}</title>${[...legend, ...bars].join("")}</svg>\n`;
}
