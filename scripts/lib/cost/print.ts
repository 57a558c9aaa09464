import { styleText } from "node:util";
import { aligned } from "../aligned.js";
import { htmlPage } from "../html-page.js";
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

/** A page with the bill. `now` is in seconds since 1970. */
export function page(overlay: string, sections: readonly Section[], now: number, css: string): string {
  const by = "<code>npm run cost</code>";
  return htmlPage({ overlay, says: "what monitoring costs", now, by, css, main: html(sections) });
}
