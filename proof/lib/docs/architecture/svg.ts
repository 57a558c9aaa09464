import { escaped } from "../../../../scripts/lib/markup.js";
import { type Picture, type Place, text } from "./layout.js";

/** Colours by what they are for: light, and dark. */
const colours = {
  back: ["#ffffff", "#0f1419"],
  ink: ["#1f2328", "#e8ebee"],
  quiet: ["#57606a", "#a3adb8"],
  ours: ["#fff1e8", "#3a2013"],
  accent: ["#d9480f", "#ff8f57"],
  theirs: ["#f1f3f5", "#1d242c"],
  rim: ["#9aa4af", "#5c6773"],
} as const;

type Colour = keyof typeof colours;

/** How something is painted: its fill and stroke, and further attributes. */
interface Paint {
  readonly fill?: Colour;
  readonly stroke?: Colour;
  readonly more?: string;
}

const sans = 'font-family="system-ui, DejaVu Sans, sans-serif"';

const paints = {
  back: { fill: "back" },
  box: { fill: "theirs", stroke: "rim", more: 'stroke-width="1.5"' },
  stack: { fill: "ours", stroke: "accent", more: 'stroke-width="1.5"' },
  optional: { fill: "ours", stroke: "accent", more: 'stroke-width="1.5" stroke-dasharray="6 4"' },
  group: { stroke: "rim", more: 'fill="none" stroke-width="1.5" stroke-dasharray="2 4"' },
  words: { fill: "quiet" },
  title: { fill: "ink", more: `font-weight="600" font-size="16" ${sans}` },
  // Its rim keeps the arrows behind it off.
  label: { fill: "ink", stroke: "back", more: 'stroke-width="4" stroke-linejoin="round" paint-order="stroke"' },
  scrape: { stroke: "accent", more: 'fill="none" stroke-width="1.6"' },
  call: { stroke: "quiet", more: 'fill="none" stroke-width="1.6" stroke-dasharray="5 4"' },
  "head-scrape": { fill: "accent" },
  "head-call": { fill: "quiet" },
} satisfies Record<string, Paint>;

type PaintName = keyof typeof paints;

/** The light colours stand in attributes, which every renderer knows. Only what knows media queries turns dark. */
function paint(name: PaintName): string {
  const { fill, stroke, more }: Paint = paints[name];
  return [`class="${name}"`, fill && `fill="${colours[fill][0]}"`, stroke && `stroke="${colours[stroke][0]}"`, more]
    .filter(Boolean)
    .join(" ");
}

function darkRule([name, { fill, stroke }]: readonly [string, Paint]): string {
  const declarations = [fill && `fill: ${colours[fill][1]}`, stroke && `stroke: ${colours[stroke][1]}`].filter(Boolean);
  return `  .${name} { ${declarations.join("; ")} }`;
}

const style = `@media (prefers-color-scheme: dark) {\n${Object.entries(paints).map(darkRule).join("\n")}\n}`;

const boxOf = { "the stack": "stack", optional: "optional", "the cluster": "box" } as const;

/** Height of the line that says what the colours mean. */
const legendHeight = 34;

/** A picture as SVG, light or dark as the reader's system is. */
export function svg({ width, height, boxes, nodes, arrows }: Picture): string {
  return `${[
    "<!-- Written by npm run docs. -->",
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + legendHeight}" viewBox="0 0 ${width} ${height + legendHeight}" role="img" font-size="12" font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace">`,
    "<title>Who calls whom: Prometheus, what it scrapes, and what is around it</title>",
    `<style>\n${style}\n</style>`,
    "<defs>",
    ...(["scrape", "call"] as const).map(
      (kind) =>
        `<marker id="${kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path ${paint(`head-${kind}`)} d="M0 0 10 5 0 10z"/></marker>`,
    ),
    "</defs>",
    `<rect ${paint("back")} width="${width}" height="${height + legendHeight}" rx="10"/>`,
    ...(nodes === undefined
      ? []
      : [rectangle("group", nodes), line("title", nodes.x + 16, nodes.y + nodes.height - 14, "every node")]),
    ...arrows.map(
      ({ kind, points }) =>
        `<path ${paint(kind)} marker-end="url(#${kind})" d="M${points.map(({ x, y }) => `${round(x)} ${round(y)}`).join("L")}"/>`,
    ),
    ...boxes.flatMap(({ name, about, itself, whose, ...place }) => [
      rectangle(boxOf[whose], place),
      line("title", place.x + text.padding, place.y + text.padding + 8, name),
      ...[about, ...itself.map((one) => `↻ ${one}`)].map((words, index) =>
        line("words", place.x + text.padding, place.y + text.padding + 8 + text.line * (index + 1) + 2, words),
      ),
    ]),
    ...arrows.flatMap(({ lines, label }) =>
      lines.map((words, index) => line("label", label.x, label.y + 12 + index * text.line, words)),
    ),
    ...legend(height),
    "</svg>",
  ].join("\n")}\n`;
}

function legend(top: number): string[] {
  const entries = [
    { words: "scrapes (:port)", draw: (x: number) => sample("scrape", x, top) },
    { words: "other connections", draw: (x: number) => sample("call", x, top) },
    { words: "the stack", draw: (x: number) => rectangle("stack", chip(x, top)) },
    { words: "a Component", draw: (x: number) => rectangle("optional", chip(x, top)) },
    { words: "not of the stack", draw: (x: number) => rectangle("box", chip(x, top)) },
  ];
  return entries.flatMap(({ words, draw }, index) => {
    const x = 16 + index * 190;
    return [draw(x), line("words", x + 40, top + 12, words)];
  });
}

function chip(x: number, top: number): Place {
  return { x, y: top, width: 30, height: 16 };
}

function sample(kind: "scrape" | "call", x: number, top: number): string {
  return `<path ${paint(kind)} marker-end="url(#${kind})" d="M${x} ${top + 8}H${x + 32}"/>`;
}

function rectangle(name: PaintName, { x, y, width, height }: Place): string {
  return `<rect ${paint(name)} x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"/>`;
}

function line(name: PaintName, x: number, y: number, words: string): string {
  return `<text ${paint(name)} x="${round(x)}" y="${round(y)}">${escaped(words)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
