import { escaped } from "./markup.js";

/** What a page about an overlay consists of. */
interface Page {
  readonly overlay: string;
  /** What it says of the overlay, for the browser's title. */
  readonly says: string;
  /** When that was so, in seconds since 1970. */
  readonly now: number;
  /** Who says it, as HTML. */
  readonly by: string;
  readonly css: string;
  /** What it shows, as HTML. */
  readonly main: string;
}

/** A page that can be handed on: it loads nothing from anywhere. */
export function htmlPage({ overlay, says, now, by, css, main }: Page): string {
  const when = `${new Date(now * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${escaped(overlay)}: ${says}</title>
<style>
${css}</style>
</head>
<body>
<header>
<h1>${escaped(overlay)}</h1>
<p class="quiet">${when}, ${by}</p>
</header>
<main>
${main}
</main>
</body>
</html>
`;
}
