import type { Read } from "./keep-list.js";
import { withoutVariables } from "./promql/variables.js";

interface Inner {
  readonly title?: unknown;
  readonly expr?: unknown;
  readonly datasource?: unknown;
  readonly templating?: { readonly list?: readonly (Variable | null)[] };
}

interface Variable {
  readonly name?: string;
  readonly type?: string;
  readonly query?: string | { readonly query?: string };
  readonly definition?: string;
}

/**
 * Every expression of a dashboard as Grafana reads it, whatever form its panels have: those of panels, of annotations and
 * of variables (`label_values(...)`, `query_result(...)`). Empty queries, and those of logs, are none of them.
 *
 * @param dashboard - the JSON of it
 */
export function dashboardReads(dashboard: unknown): readonly Read[] {
  const { title, templating } = (dashboard ?? {}) as Inner;
  const of = (what: string, expr: string): Read => ({
    // Only what is read matters here, and no window.
    expr: withoutVariables(expr, 60_000),
    reader: `${what} of dashboard ${title}`,
  });
  const list = Array.isArray(templating?.list) ? templating.list : [];
  return [
    ...expressionsIn(Object.values(dashboard ?? {}), undefined).map(({ panel, expr }) => of(panel, expr)),
    ...list
      .filter((variable) => variable?.type === "query")
      .map((variable) => of(`variable ${variable?.name}`, queryOf(variable ?? {})))
      .filter(({ expr }) => expr !== ""),
  ];
}

function expressionsIn(value: unknown, panel: string | undefined, above?: string): { panel: string; expr: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const { title, expr, datasource } = value as Inner;
  const within = typeof title === "string" ? `panel ${title}` : panel;
  // Older ones name it in place of its type.
  const source =
    typeof datasource === "string" ? datasource : ((datasource as { type?: string } | null | undefined)?.type ?? above);
  // LogQL stands in the same field as PromQL.
  const isRead = typeof expr === "string" && expr.trim() !== "" && !/loki|logs/i.test(source ?? "");
  return [
    ...(isRead ? [{ panel: within ?? "a query", expr }] : []),
    ...Object.values(value).flatMap((inner) => expressionsIn(inner, within, source)),
  ];
}

/** The expression of a variable; empty where it asks for names alone, of labels or metrics. */
function queryOf({ query, definition }: Variable): string {
  const text = typeof query === "string" ? query : (query?.query ?? definition ?? "");
  return /^\s*(?:label_values\((.+),[^,]*\)|query_result\((.+)\))\s*$/s.exec(text)?.slice(1).join("") ?? "";
}
