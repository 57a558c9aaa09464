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
  return expression.replace(stringOrVariable, (all: string, braced?: string, bare?: string, offset?: number) => {
    const name = braced ?? bare;
    if (name === undefined) return all;
    const inRange = /[[:]\s*$|\boffset\s+$/.test(expression.slice(0, offset));
    return (known[name] ?? (inRange ? "1h" : "1")).padEnd(all.length);
  });
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

const stringOrVariable = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|\$\{(\w+)[^}]*\}|\$(\w+)/g;
