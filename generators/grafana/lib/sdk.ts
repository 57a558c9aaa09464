import type { DataSourceRef, GraphFieldConfig } from "@grafana/grafana-foundation-sdk/common";
import type * as sdk from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Options as StatOptions } from "@grafana/grafana-foundation-sdk/stat";
import type { Options as TableOptions } from "@grafana/grafana-foundation-sdk/table";
import type { Options as GraphOptions } from "@grafana/grafana-foundation-sdk/timeseries";
import type * as units from "@grafana/grafana-foundation-sdk/units";

/*
 * Grafana's own types of a dashboard, as they are in JSON. Only types: loading the SDK's code for its builders would make
 * every run of the generators a third longer, and what they give is what these types describe.
 *
 * Source: https://github.com/grafana/grafana-foundation-sdk
 */

/** The values of an enum in place of the enum: that is what JSON has. */
type Json<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Item)[]
    ? readonly Json<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Json<T[Key]> }
      : T;

export type Panel = Omit<Json<sdk.Panel>, "targets" | "options"> & {
  readonly targets: readonly Target[];
  readonly options: Json<GraphOptions> | Json<StatOptions> | Json<TableOptions>;
};
export type Row = Omit<Json<sdk.RowPanel>, "panels"> & { readonly panels: readonly Panel[] };
export type Dashboard = Omit<Json<sdk.Dashboard>, "panels" | "templating"> & {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly (Panel | Row)[];
  readonly templating: { readonly list: readonly Variable[] };
};
export type Target = Json<Omit<Dataquery, "_implementsDataqueryVariant">>;
export type Variable = Json<sdk.VariableModel>;
export type DashboardLink = Json<sdk.DashboardLink>;
export type Threshold = Json<sdk.Threshold>;
export type FieldConfig = Json<sdk.FieldConfig>;
export type Override = Json<sdk.FieldConfigSource>["overrides"][number];
export type Transformation = Json<sdk.DataTransformerConfig>;
export type DataSource = Json<DataSourceRef>;
export type GraphStyle = Json<GraphFieldConfig>;

/** What a panel's values are: one of Grafana's units, or a word behind the number. */
export type Unit = Extract<(typeof units)[keyof typeof units], string> | `suffix: ${string}`;
