import { scaleLinear, scaleUtc } from "d3-scale";
import { area, line } from "d3-shape";
import { escaped } from "../../markup.js";
import type { Points } from "./figures.js";

/** One line of a plot. */
export interface Line {
  readonly name: string;
  readonly points: Points;
  /** `main` is bold and filled below; the others are thin and get a colour each. */
  readonly kind: "main" | "other";
}

/** What a plot shows, and how. */
interface Plot {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two points: where more than twice as long passes the line is interrupted. */
  readonly step: number;
  /** Top of the scale. */
  readonly max: number;
  /** Writes a value at the scale. */
  readonly show: (value: number) => string;
}

const size = { width: 560, height: 200, left: 52, right: 20, top: 12, bottom: 24 } as const;
const colours = 8;

/** A plot as inline SVG; its colours are the page's. */
export function plot({ title, lines, from, to, step, max, show }: Plot): string {
  const x = scaleUtc([from * 1000, to * 1000], [size.left, size.width - size.right]);
  const y = scaleLinear([0, max], [size.height - size.bottom, size.top]).clamp(true);
  const ticks = y.ticks(4).map((value) => {
    const at = round(y(value));
    return `<path class="grid" d="M${size.left} ${at}H${size.width - size.right}"/><text class="y" x="${size.left - 6}" y="${at + 4}">${escaped(show(value))}</text>`;
  });
  const format = x.tickFormat(6, "%H:%M");
  const times = x
    .ticks(6)
    .map((time) => `<text class="x" x="${round(x(time))}" y="${size.height - 6}">${format(time)}</text>`);
  const stroke = line<Point>(
    ([at]) => x(at * 1000),
    ([, value]) => y(value),
  )
    .defined(([, value]) => Number.isFinite(value))
    .digits(1);
  const fill = area<Point>(
    ([at]) => x(at * 1000),
    y(0),
    ([, value]) => y(value),
  )
    .defined(([, value]) => Number.isFinite(value))
    .digits(1);
  const drawn = lines.map(({ name, points, kind }, index) => {
    const all = withGaps(points, step);
    const name_ = `<title>${escaped(name)}</title>`;
    if (kind === "other") return `<path class="line c${index % colours}" d="${stroke(all) ?? ""}">${name_}</path>`;
    return `<path class="fill" d="${fill(all) ?? ""}"/><path class="line main" d="${stroke(all) ?? ""}">${name_}</path>`;
  });
  const label = `aria-label="${escaped(title)}"`;
  return `<svg class="plot" viewBox="0 0 ${size.width} ${size.height}" role="img" ${label}>${[...ticks, ...times, ...drawn].join("")}</svg>`;
}

type Point = readonly [seconds: number, value: number];

/** Points with one that has no value wherever there is none for too long, so that nothing is drawn across. */
function withGaps(points: Points, step: number): Point[] {
  return points.flatMap((point, index): Point[] => {
    const before = points[index - 1];
    return before !== undefined && point[0] - before[0] > 2 * step ? [[before[0] + step, Number.NaN], point] : [point];
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
