import type { BaseIssue, BaseSchema } from "valibot";
import * as v from "valibot";
import { schema } from "../../generators/settings/index.js";

/** Any schema of valibot's that checks at once. */
export type Schema = BaseSchema<unknown, unknown, BaseIssue<unknown>>;

/** What a value has to be, as far as its type goes. */
export type Shape =
  | { readonly is: "text" | "number" | "flag" | "anything" }
  | { readonly is: "choice"; readonly options: readonly (string | number)[] }
  | { readonly is: "list"; readonly of: Shape }
  /** With the keys that it may have, where not every text is one. */
  | { readonly is: "map"; readonly of: Shape; readonly keys?: readonly string[] }
  | { readonly is: "block"; readonly settings: readonly Setting[] };

/** One setting, as its schema tells of it. */
export interface Setting {
  readonly name: string;
  readonly shape: Shape;
  /** What it is and in which unit; undefined for a block, and where the shape says it all. */
  readonly form: string | undefined;
  readonly description: string | undefined;
  /** How somebody may write it; undefined where nothing shows one. */
  readonly example: unknown;
  /** Undefined where it has to be given, or may be left out. */
  readonly default: unknown;
  /** Whether it may be left out and then has no value. */
  readonly optional: boolean;
  /** Whether it may have this value, as far as it alone can tell. */
  takes(value: unknown): boolean;
}

/** All settings, in the order in which they are written down. @throws Error that names one whose schema cannot be told. */
export function settingsTree(): readonly Setting[] {
  return settingsOf(schema, "");
}

function settingsOf(block: Schema, path: string): Setting[] {
  return Object.entries(entriesOf(block)).map(([name, schema]) => ({
    name,
    shape: shapeOf(schema, `${path}${name}`),
    form: v.getTitle(bare(schema)),
    description: v.getDescription(schema),
    example: v.getExamples(schema as v.GenericSchema).at(0),
    default: v.getDefault(schema as v.GenericSchema),
    optional: v.is(schema, undefined) && v.getDefault(schema as v.GenericSchema) === undefined,
    takes: (value) => v.is(schema, value),
  }));
}

function entriesOf(schema: Schema): Readonly<Record<string, Schema>> {
  return "entries" in schema ? (schema.entries as Record<string, Schema>) : {};
}

/** The schema behind `optional` and the like. */
function bare(schema: Schema): Schema {
  return "wrapped" in schema ? bare(schema.wrapped as Schema) : schema;
}

function shapeOf(schema: Schema, path: string): Shape {
  const inner = bare(schema);
  switch (inner.type) {
    case "string":
      return { is: "text" };
    case "number":
      return { is: "number" };
    case "boolean":
      return { is: "flag" };
    case "unknown":
      return { is: "anything" };
    case "picklist":
      return { is: "choice", options: (inner as unknown as { options: readonly (string | number)[] }).options };
    case "array":
      return { is: "list", of: shapeOf((inner as unknown as { item: Schema }).item, `${path}[]`) };
    case "record": {
      const { key, value } = inner as unknown as { key: { options?: readonly string[] }; value: Schema };
      return { is: "map", of: shapeOf(value, `${path}.*`), ...(key.options && { keys: key.options }) };
    }
    case "strict_object":
      return { is: "block", settings: settingsOf(inner, `${path}.`) };
    default:
      throw new Error(`setting "${path}": nothing is known of the schema "${inner.type}": tell of it in shapeOf`);
  }
}
