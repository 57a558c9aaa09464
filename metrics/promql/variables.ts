/**
 * Puts something that PromQL can read in the place of every Grafana variable outside a string, at the same length, so
 * that every position stays what it is in the panel. Variables inside strings stay: their value is not known here.
 *
 * A duration that Grafana works out takes the shortest that it can have.
 *
 * Source: https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#global-variables
 */
export function withoutVariables(expression: string, scrapeIntervalMs: number): string {
  const known: Record<string, string> = {
    __rate_interval: `${4 * scrapeIntervalMs}ms`,
    __interval: `${scrapeIntervalMs}ms`,
    __range: "1h",
  };
  const numbers: Record<string, number> = {
    __rate_interval_ms: 4 * scrapeIntervalMs,
    __interval_ms: scrapeIntervalMs,
    __range_ms: 3_600_000,
    __range_s: 3_600,
  };
  return expression.replace(
    stringOrVariable,
    (all: string, braced?: string, bare?: string, old?: string, offset = 0): string => {
      const name = braced ?? bare ?? old;
      if (name === undefined) return all;
      const before = expression.slice(0, offset);
      const after = expression.slice(offset + all.length);
      const inRange = /\[(?:[$\w\s]*:)?\s*$|\boffset\s+$/.test(before);
      const number = numbers[name] ?? (inRange && /^[a-z]/.test(after) ? 1 : undefined);
      if (number !== undefined) return `${number}`.padStart(all.length, "0");
      if (known[name] !== undefined || inRange) return (known[name] ?? "1h").padEnd(all.length);
      if (isName(before, after)) return "_".repeat(all.length);
      return (/^\s*(\(|by\b|without\b)/.test(after) ? "sum" : "1").padEnd(all.length);
    },
  );
}

/** Whether what is between is a name, or a part of one: of a metric or a label. */
function isName(before: string, after: string): boolean {
  if (/[\w:]$/.test(before) || /^([\w:]|\s*[{[])/.test(after)) return true;
  if (/\b(by|without|on|ignoring|group_left|group_right)\s*\([^()]*$/.test(before)) return true;
  return /[{,]\s*$/.test(before) && /^\s*(=|!=|!~)/.test(after);
}

/** Whether a name of a metric has a variable in it, or had before {@link withoutVariables}. */
export function isChosen(name: string): boolean {
  return name.includes("__") || hasVariable(name);
}

/**
 * An expression as Grafana sends it from a dashboard that was just opened: everything is chosen, but for some variables.
 *
 * @param chosen - what is chosen of a variable of which there can be one value only, by its name
 */
export function asSent(
  expression: string,
  scrapeIntervalMs: number,
  chosen: Readonly<Record<string, string>> = {},
): string {
  return withoutVariables(expression, scrapeIntervalMs).replace(
    /\$(?:(\w+)|\{(\w+)(?::\w+)?\})(?=[^"]*")/g,
    (_, bare?: string, braced?: string) => chosen[bare ?? braced ?? ""] ?? ".*",
  );
}

/** Whether a string holds a Grafana variable: `$node`, `${node:regex}`. A `$` that ends a regular expression is none. */
export function hasVariable(text: string): boolean {
  return /\$(\w|\{\w)/.test(text);
}

const stringOrVariable =
  /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|\$\{(\w+)[^}]*\}|\$(\w+)|\[\[(\w+)(?::\w+)?\]\]/g;
