import { escaped } from "../../../../scripts/lib/markup.js";
import { type Picture, type Place, text } from "./layout.js";

/** Colours of both schemes. The background is part of the picture: a page may be dark where the system is light. */
const style = `
:root { --back: #ffffff; --ink: #1f2328; --quiet: #57606a; --ours: #fff1e8; --edge: #d9480f; --theirs: #f1f3f5; --rim: #9aa4af; --scrape: #d9480f; --call: #57606a }
@media (prefers-color-scheme: dark) {
  :root { --back: #0f1419; --ink: #e8ebee; --quiet: #a3adb8; --ours: #3a2013; --edge: #ff8f57; --theirs: #1d242c; --rim: #5c6773; --scrape: #ff8f57; --call: #a3adb8 }
}
.back { fill: var(--back) }
.box { stroke-width: 1.5; fill: var(--theirs); stroke: var(--rim) }
.stack { fill: var(--ours); stroke: var(--edge) }
.optional { fill: var(--ours); stroke: var(--edge); stroke-dasharray: 6 4 }
.group { fill: none; stroke: var(--rim); stroke-dasharray: 2 4; stroke-width: 1.5 }
text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: var(--quiet) }
.title { font: 600 16px system-ui, "DejaVu Sans", sans-serif; fill: var(--ink) }
.label { fill: var(--ink); paint-order: stroke; stroke: var(--back); stroke-width: 4px; stroke-linejoin: round }
.arrow { fill: none; stroke-width: 1.6 }
.scrape { stroke: var(--scrape) }
.call { stroke: var(--call); stroke-dasharray: 5 4 }
.head-scrape { fill: var(--scrape) }
.head-call { fill: var(--call) }
`.trim();

/** Height of the line that says what the colours mean. */
const legendHeight = 34;

/** A picture as SVG, light or dark as the reader's system is. */
export function svg({ width, height, boxes, nodes, arrows }: Picture): string {
  return `${[
    "<!-- Written by npm run docs. -->",
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + legendHeight}" viewBox="0 0 ${width} ${height + legendHeight}" role="img">`,
    "<title>Who calls whom: Prometheus, what it scrapes, and what is around it</title>",
    `<style>\n${style}\n</style>`,
    "<defs>",
    ...(["scrape", "call"] as const).map(
      (kind) =>
        `<marker id="${kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path class="head-${kind}" d="M0 0 10 5 0 10z"/></marker>`,
    ),
    "</defs>",
    `<rect class="back" width="${width}" height="${height + legendHeight}" rx="10"/>`,
    ...(nodes === undefined
      ? []
      : [rectangle("group", nodes), line("title", nodes.x + 16, nodes.y + nodes.height - 14, "every node")]),
    ...arrows.map(
      ({ kind, points }) =>
        `<path class="arrow ${kind}" marker-end="url(#${kind})" d="M${points.map(({ x, y }) => `${round(x)} ${round(y)}`).join("L")}"/>`,
    ),
    ...boxes.flatMap(({ name, about, itself, whose, ...place }) => [
      rectangle(`box ${whose === "the cluster" ? "" : whose.replace("the ", "")}`.trim(), place),
      line("title", place.x + text.padding, place.y + text.padding + 8, name),
      ...[about, ...itself.map((one) => `↻ ${one}`)].map((words, index) =>
        line("", place.x + text.padding, place.y + text.padding + 8 + text.line * (index + 1) + 2, words),
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
    { words: "the stack", draw: (x: number) => rectangle("box stack", chip(x, top)) },
    { words: "a Component", draw: (x: number) => rectangle("box optional", chip(x, top)) },
    { words: "not of the stack", draw: (x: number) => rectangle("box", chip(x, top)) },
  ];
  return entries.flatMap(({ words, draw }, index) => {
    const x = 16 + index * 190;
    return [draw(x), line("", x + 40, top + 12, words)];
  });
}

function chip(x: number, top: number): Place {
  return { x, y: top, width: 30, height: 16 };
}

function sample(kind: "scrape" | "call", x: number, top: number): string {
  return `<path class="arrow ${kind}" marker-end="url(#${kind})" d="M${x} ${top + 8}H${x + 32}"/>`;
}

function rectangle(name: string, { x, y, width, height }: Place): string {
  return `<rect class="${name}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"/>`;
}

function line(name: string, x: number, y: number, words: string): string {
  return `<text${name && ` class="${name}"`} x="${round(x)}" y="${round(y)}">${escaped(words)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
