import { styleText } from "node:util";
import { aligned } from "../aligned.js";
import { type Cell, htmlTable } from "../html-table.js";
import { escaped } from "../markup.js";
import type { Section } from "./sections.js";

/** The bill as text: numbers stand below each other. */
export function printed(sections: readonly Section[]): string {
  return sections
    .map(({ title, header, rows, notes }) => {
      const table = rows.length === 0 ? [] : [aligned([header.map((name) => styleText("dim", name)), ...rows])];
      return [styleText("bold", title), ...table, ...notes].join("\n");
    })
    .join("\n\n");
}

/** The bill as HTML, without a page around it. */
export function html(sections: readonly Section[]): string {
  const cell = (text: string): Cell => ({
    html: escaped(text),
    ...(/^[\d.,]+( ?[a-zA-Z%]+)?$/.test(text) && { kind: "number" as const }),
  });
  return sections
    .map(({ title, header, rows, notes }) => {
      const table =
        rows.length === 0
          ? ""
          : htmlTable(
              header.map((name) => ({ html: escaped(name) })),
              rows.map((row) => row.map(cell)),
            );
      return `<h2>${escaped(title)}</h2>${table}${notes.map((note) => `<p class="quiet">${escaped(note)}</p>`).join("")}`;
    })
    .join("\n");
}

/** A page with the bill. It loads nothing from anywhere. `now` is in seconds since 1970. */
export function page(overlay: string, sections: readonly Section[], now: number, css: string): string {
  const when = `${new Date(now * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${escaped(overlay)}: what monitoring costs</title>
<style>
${css}</style>
</head>
<body>
<header>
<h1>${escaped(overlay)}</h1>
<p class="quiet">${when}, <code>npm run cost</code></p>
</header>
<main>
${html(sections)}
</main>
</body>
</html>
`;
}
