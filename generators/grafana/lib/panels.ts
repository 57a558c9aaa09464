import type { FieldConfig, GraphStyle, Override, Panel, Threshold, Transformation, Unit } from "./sdk.js";
import { chosenDataSource } from "./variables.js";

/** One query of a panel. */
export interface Query {
  readonly expr: string;
  /** How a series is called, with its labels as `{{label}}`. */
  readonly legend: string;
}

interface Words {
  readonly title: string;
  /** What it shows and what to make of it. */
  readonly description: string;
  /** Columns of the dashboard's 24. */
  readonly width?: number;
  /** Rows of 30 pixels. */
  readonly height?: number;
  /** The text that stands there without any series. Default: that the jobs give none. */
  readonly empty?: string;
  /** Why no series may be what a healthy cluster gives. */
  readonly mayBeEmpty?: string;
  /** Why what narrows the dashboard does not narrow this panel. */
  readonly ofAll?: string;
}

interface Scale {
  readonly unit: Unit;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** From which value on it is bad, in rising order: red from the last, orange from one before it. */
  readonly bad?: readonly [number] | readonly [number, number];
}

/** A panel before it has a place on a dashboard. */
export interface Draft {
  readonly panel: Omit<Panel, "id" | "gridPos">;
  readonly width: number;
  readonly height: number;
  readonly empty: string | undefined;
  readonly mayBeEmpty: string | undefined;
  readonly ofAll: string | undefined;
}

interface Drawn {
  readonly stacked?: boolean;
  /** Whether the axis begins at 0. Default: yes; what has values below it, or far from it, says no. */
  readonly fromZero?: boolean;
}

/** Lines over time, of one query or of several. */
export function graph(
  options: Words & Omit<Scale, "min"> & Drawn & (Query | { readonly queries: readonly Query[] }),
): Draft {
  const { stacked = false, fromZero = true } = options;
  const queries = "queries" in options ? options.queries : [options];
  const style: GraphStyle = {
    drawStyle: "line",
    lineWidth: 1,
    fillOpacity: stacked ? 40 : 8,
    showPoints: "never",
    // A gap in the samples is news.
    spanNulls: false,
    stacking: { mode: stacked ? "normal" : "none", group: "A" },
    ...(options.bad && { thresholdsStyle: { mode: "dashed" } }),
  };
  return draft(options, 12, 8, {
    type: "timeseries",
    targets: queries.map((query, index) => ({
      ...target(query.expr, index),
      legendFormat: query.legend,
      range: true,
      instant: false,
    })),
    fieldConfig: {
      defaults: {
        ...scale({ ...options, ...(fromZero && { min: 0 }) }),
        color: { mode: "palette-classic-by-name" },
        custom: style,
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
      tooltip: { mode: "multi", sort: "desc", hideZeros: false },
    },
  });
}

/** One number, as it is now. */
export function stat(options: Words & Scale & { readonly expr: string }): Draft {
  return draft(options, 4, 4, {
    type: "stat",
    targets: [{ ...target(options.expr, 0), legendFormat: options.title, range: false, instant: true }],
    fieldConfig: {
      defaults: { ...scale(options), color: { mode: options.bad ? "thresholds" : "fixed", fixedColor: "text" } },
      overrides: [],
    },
    options: {
      reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
      graphMode: "none",
      colorMode: "value",
      justifyMode: "auto",
      textMode: "value",
      orientation: "auto",
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: "standard",
    },
  });
}

/** A column of numbers: one query, whose series all have the labels that tell the table's rows apart. */
interface Column extends Scale {
  readonly name: string;
  readonly expr: string;
}

/** A table of one row for each combination of labels, as it is now. */
export function table(
  options: Words & {
    /** Headers of the columns of labels, by the label. */
    readonly labels: Readonly<Record<string, string>>;
    readonly columns: readonly [Column, ...Column[]];
    /** Header of the column whose largest value comes first. */
    readonly sortBy?: string;
    /** Where a label leads: the address, by the label. */
    readonly links?: Readonly<Record<string, { readonly title: string; readonly url: string }>>;
  },
): Draft {
  const { labels, columns, sortBy = columns[0].name, links = {} } = options;
  const fieldOf = (index: number) => (columns.length === 1 ? "Value" : `Value #${refId(index)}`);
  const names = { ...labels, ...Object.fromEntries(columns.map(({ name }, index) => [fieldOf(index), name])) };
  const transformations: Transformation[] = [
    { id: "merge", options: {} },
    {
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(Object.keys(names).map((name, index) => [name, index])),
        renameByName: names,
      },
    },
  ];
  const overrides: Override[] = [
    ...columns.map((column) => override(column.name, { ...scale(column) })),
    ...Object.entries(links).map(([label, link]) =>
      override(labels[label] ?? label, { links: [{ ...link, targetBlank: false }] }),
    ),
  ];
  return draft(options, 24, 9, {
    type: "table",
    targets: columns.map(({ expr }, index) => ({
      ...target(expr, index),
      format: "table",
      range: false,
      instant: true,
    })),
    transformations,
    fieldConfig: {
      defaults: { unit: columns[0].unit, custom: { align: "auto", inspect: false, filterable: true } },
      overrides,
    },
    options: { frameIndex: 0, showHeader: true, cellHeight: "sm", sortBy: [{ displayName: sortBy, desc: true }] },
  });
}

function draft(
  { title, description, width, height, empty, mayBeEmpty, ofAll }: Words,
  usualWidth: number,
  usualHeight: number,
  panel: Omit<Panel, "id" | "gridPos" | "title" | "description" | "datasource">,
): Draft {
  return {
    panel: { ...panel, title, description, datasource: chosenDataSource },
    width: width ?? usualWidth,
    height: height ?? usualHeight,
    empty,
    mayBeEmpty,
    ofAll,
  };
}

function target(expr: string, index: number) {
  return { refId: refId(index), expr, datasource: chosenDataSource, editorMode: "code" } as const;
}

function refId(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

function scale({ unit, decimals, min, max, bad }: Scale): FieldConfig {
  const steps: Threshold[] = [
    { value: null, color: "green" },
    ...(bad ?? []).map((value, index, all) => ({ value, color: index === all.length - 1 ? "red" : "orange" })),
  ];
  return {
    unit,
    ...(decimals !== undefined && { decimals }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    thresholds: { mode: "absolute", steps },
  };
}

function override(column: string, properties: Readonly<Record<string, unknown>>): Override {
  return {
    matcher: { id: "byName", options: column },
    properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
  };
}
