import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "uvu";
import { parse, stringify } from "yaml";
import { allDashboards } from "../../generators/grafana/dashboards/index.js";
import { allRuleFiles } from "../../generators/prometheus/rules/index.js";
import { allJobs } from "../../generators/prometheus/scrape/applications.js";
import { defaults, milliseconds } from "../../generators/settings/index.js";
import type { HistogramForm } from "../../metrics/promql/histogram.js";
import { selectors } from "../../metrics/promql/selectors.js";
import type { Series } from "../../metrics/promql/series.js";
import { withoutVariables } from "../../metrics/promql/variables.js";
import { catalogueView } from "../../metrics/view.js";
import { panelsOf } from "../../scripts/lib/checks/rules/dashboard-findings.js";
import { child } from "../../scripts/lib/child.js";
import { root } from "../../scripts/lib/project.js";
import { readCatalogues } from "../../scripts/lib/read-catalogues.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { inNativeForm } from "../lib/native-series.js";

/** A test of panels, in a file of test/panels that is named as the dashboard. */
interface PanelTest {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly panels: readonly {
    readonly panel: string;
    /** The letter of a query, or the header of a table's column; left out, the first. */
    readonly query?: string;
    readonly at: string;
    /** What is chosen in the dashboard's variables; left out, all. */
    readonly chosen?: Readonly<Record<string, string>>;
    /** Each series that comes, and its value. */
    readonly gives: Readonly<Record<string, number>>;
  }[];
}

const folder = join(root, "test/panels");
const dashboards = allDashboards(defaults);
const native = allDashboards(defaults, "native");

const panelNamed = (all: typeof dashboards, dashboard: string, title: string) =>
  panelsOf(all.find(({ name }) => name === dashboard)?.dashboard.panels ?? []).find((panel) => panel.title === title) ??
  assert.fail(`${dashboard} has no panel ${title}`);

/** An expression of a panel as Grafana sends it, with what is chosen in place of the variables. */
function asked(expression: string, chosen: Readonly<Record<string, string>> = {}): string {
  return withoutVariables(expression, milliseconds(defaults.scrape.interval)).replace(
    /\$(\w+)/g,
    (_, name: string) => chosen[name] ?? ".*",
  );
}

function expressionOf(
  all: typeof dashboards,
  dashboard: string,
  { panel, query, chosen }: PanelTest["panels"][number],
): string {
  const { targets, fieldConfig } = panelNamed(all, dashboard, panel);
  const columns = (fieldConfig?.overrides ?? [])
    .filter(({ properties }) => properties.some(({ id }) => id === "unit"))
    .map(({ matcher }) => matcher.options);
  const index = query === undefined ? 0 : columns.length > 0 ? columns.indexOf(query) : query.charCodeAt(0) - 65;
  const expr = targets[index]?.expr ?? assert.fail(`${dashboard}: ${panel} has no query ${query}`);
  return asked(expr, chosen);
}

/** Recording rules alone: a test says itself which alerts fire. */
const recording = (form: HistogramForm) =>
  allRuleFiles(defaults, form)
    .flatMap(({ groups }) => groups)
    // Prometheus knows no reasons.
    .map(({ why: _, ...group }) => ({
      ...group,
      rules: group.rules.flatMap(({ why: _, ...rule }) => ("record" in rule ? [rule] : [])),
    }))
    .filter(({ rules }) => rules.length > 0);

async function promtool(tests: readonly object[], groups: readonly object[]): Promise<void> {
  const where = await mkdtemp(join(tmpdir(), "plain-prometheus-panels-"));
  try {
    await writeFile(join(where, "rules.yml"), stringify({ groups }));
    const written = { rule_files: ["rules.yml"], evaluation_interval: "15s", tests };
    await writeFile(join(where, "panels.test.yml"), stringify(written, { aliasDuplicateObjects: false }));
    const args = ["test", "rules", "panels.test.yml"];
    const { code, output } = await child(await toolchain.tool("promtool"), args, { cwd: where });
    assert.equal(code, 0, output);
  } finally {
    await rm(where, { recursive: true });
  }
}

const files = (await readdir(folder)).filter((file) => file.endsWith(".test.yml"));

for (const file of files) {
  const dashboard = basename(file, ".test.yml");
  const shows = async (form: HistogramForm) => {
    const { tests }: { tests: PanelTest[] } = parse(await readFile(join(folder, file), "utf8"));
    const written = tests.map(({ panels, ...given }) => ({
      ...given,
      ...(form === "native" && { input_series: inNativeForm(given.input_series) }),
      promql_expr_test: panels.map((one) => ({
        // Doubles have an error in the last digits.
        expr: `round(${expressionOf(form === "native" ? native : dashboards, dashboard, one)}, 0.0001)`,
        eval_time: one.at,
        exp_samples: Object.entries(one.gives).map(([labels, value]) => ({ labels, value })),
      })),
    }));
    await promtool(written, recording(form));
  };
  test(`${dashboard} shows what is so`, () => shows("classic"));
  const [one, other] = [dashboards, native].map((all) => JSON.stringify(all.find(({ name }) => name === dashboard)));
  if (one !== other) test(`${dashboard} shows the same with native histograms`, () => shows("native"));
}

test("every dashboard has a test of what it shows", () => {
  assert.deepEqual(
    dashboards.map(({ name }) => name).filter((name) => !files.includes(`${name}.test.yml`)),
    [],
  );
});

test("no panel shows more while one kube-state-metrics takes over from another", async () => {
  const view = catalogueView(defaults, allJobs(defaults), allRuleFiles(defaults), await readCatalogues());
  const state = "kube-state-metrics";
  const expressions = dashboards.flatMap(({ dashboard }) =>
    panelsOf(dashboard.panels).flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  );
  const reading = expressions.filter((expr) => expr.includes(`job="${state}"`));
  assert.ok(reading.length > 40, `${reading.length} queries read ${state}`);
  const read = reading.flatMap((expr) => selectors(asked(expr)).flatMap(({ metric }) => metric ?? []));
  const input_series = [...new Set(read)].flatMap((metric) =>
    view.named(metric).flatMap((series) =>
      madeUp(series).flatMap((labels) =>
        ["one", "two"].flatMap((cluster) =>
          (series.job === state && cluster === "two" ? ["a", "b"] : ["a"]).map((instance) => ({
            series: `${metric}{${[...labels, `cluster="${cluster}"`, `instance="${instance}"`].join(", ")}}`,
            values: series.type === "counter" ? "1+1x240" : "1x240",
          })),
        ),
      ),
    ),
  );
  const [one, two] = ["one", "two"].map(
    (cluster) => (expr: string) => `(sum without (cluster) (${asked(expr, { cluster })}))`,
  ) as [(expr: string) => string, (expr: string) => string];
  const promql_expr_test = reading.map((expr) => ({
    expr: `(${one(expr)} - ${two(expr)}) != 0 or ${one(expr)} unless ${two(expr)} or ${two(expr)} unless ${one(expr)}`,
    eval_time: "1h",
    exp_samples: [],
  }));
  await promtool([{ name: "two at once", interval: "15s", input_series, promql_expr_test }], []);
});

/** Labels for a series of each value that the catalogue has seen; of one value where it names none. */
function madeUp({ labels }: Series): readonly string[][] {
  return [...labels.known]
    .filter(([name]) => name !== "instance" && name !== "cluster")
    .reduce<string[][]>(
      (all, [name, { values }]) =>
        (values ?? ["some"]).flatMap((value) => all.map((others) => [...others, `${name}=${JSON.stringify(value)}`])),
      [[]],
    )
    .slice(0, 100);
}

test.run();
