/** A cell: HTML, and how it is aligned and coloured. */
export interface Cell {
  readonly html: string;
  readonly kind?: "number" | "good" | "bad";
}

/** An HTML table that scrolls by itself where it is wider than the page. */
export function htmlTable(
  header: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  footer?: readonly Cell[],
): string {
  const row = (tag: "th" | "td") => (cells: readonly Cell[]) =>
    `<tr>${cells.map(({ html, kind }) => `<${tag}${kind ? ` class="${kind}"` : ""}>${html}</${tag}>`).join("")}</tr>`;
  const foot = footer === undefined ? "" : `<tfoot>${row("td")(footer)}</tfoot>`;
  return `<div class="table"><table><thead>${row("th")(header)}</thead><tbody>${rows.map(row("td")).join("")}</tbody>${foot}</table></div>`;
}
