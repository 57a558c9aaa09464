import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";

/** A setting that is not what it was in the older version. */
export interface SettingChange {
  /** Its path: `thresholds.node.loadPerCpu`. */
  readonly name: string;
  /** `meaning`: it is described otherwise, or takes other values. */
  readonly what: "new" | "gone" | "default" | "meaning";
  /** The defaults as JSON, where they differ. */
  readonly old?: string;
  readonly new?: string;
  /** Whether settings.yaml has it. */
  readonly isSet: boolean;
}

/** The part of a JSON Schema that is read here. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
  /** Which keys a mapping may have. */
  readonly propertyNames?: unknown;
}

/**
 * Compares two JSON Schemas of the settings.
 *
 * @param old - text of the older one; where one of them is empty, nothing is known and nothing is said
 * @param settings - text of the user's settings.yaml. A new default or another meaning of what it has not is told alone where
 * it counts: a default where it is not set, a meaning where it is.
 */
export function changedSettings(old: string, now: string, settings: string): readonly SettingChange[] {
  if (old === "" || now === "") return [];
  const said: unknown = parse(settings);
  const [before, after] = [leavesOf(JSON.parse(old)), leavesOf(JSON.parse(now))];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name): SettingChange[] => {
    const [one, other] = [before.get(name), after.get(name)];
    const isSet = has(said, name.split("."));
    if (one === undefined) return [{ name, what: "new", isSet }];
    if (other === undefined) return [{ name, what: "gone", isSet }];
    // A name that is no longer one of an alert or job is an error of its own, and a new one changes nothing.
    const { default: usual, propertyNames: _, ...form } = one;
    const { default: usualNow, propertyNames: __, ...formNow } = other;
    if (!isSet && !isDeepStrictEqual(usual, usualNow)) {
      return [{ name, what: "default", old: shown(usual), new: shown(usualNow), isSet }];
    }
    return isSet && !isDeepStrictEqual(form, formNow) ? [{ name, what: "meaning", isSet }] : [];
  });
}

/** Every setting that is no group of others, by its path. */
function leavesOf({ properties = {} }: Schema, path = ""): ReadonlyMap<string, Schema> {
  return new Map(
    Object.entries(properties).flatMap(([name, schema]): [string, Schema][] =>
      schema.properties === undefined ? [[`${path}${name}`, schema]] : [...leavesOf(schema, `${path}${name}.`)],
    ),
  );
}

function has(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return value !== undefined;
  return typeof value === "object" && value !== null && has(Reflect.get(value, name), rest);
}

function shown(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value);
}
