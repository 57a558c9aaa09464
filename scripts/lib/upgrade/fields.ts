import { isDeepStrictEqual } from "node:util";

/** A field that is not the same in two versions of an object. */
export interface FieldChange {
  /** As `kubectl explain` writes it, with the names of what is in a list: `spec.template.spec.containers[app].image`. */
  readonly path: string;
  /** Absent where the field is new. */
  readonly old?: unknown;
  /** Absent where the field is gone. */
  readonly new?: unknown;
}

/** The fields in which two values differ, as deep down as they can be told apart. */
export function changedFields(old: unknown, now: unknown, path = ""): FieldChange[] {
  if (isDeepStrictEqual(old, now)) return [];
  const before = membersOf(old, path);
  const after = membersOf(now, path);
  if (before === undefined || after === undefined) {
    return [{ path, ...(old !== undefined && { old }), ...(now !== undefined && { new: now }) }];
  }
  const changes = [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
    changedFields(before.get(key), after.get(key), key),
  );
  // Nothing but the order of a list.
  return changes.length === 0 ? [{ path, old, new: now }] : changes;
}

/** What is in an object or a list, by its path; undefined for anything else. */
function membersOf(value: unknown, path: string): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) {
    const names = value.map((item) => nameOf(item));
    // Without a name for each there is only the place, which moves when one is put in before it.
    const named = names.every((name) => name !== undefined) && new Set(names).size === names.length;
    return new Map(value.map((item, index) => [`${path}[${named ? names[index] : index}]`, item]));
  }
  if (typeof value !== "object" || value === null) return undefined;
  return new Map(Object.entries(value).map(([key, inner]) => [below(path, key), inner]));
}

/** By what something in a list goes: an object of Kubernetes by its name, a rule, a job or a panel by its own. */
function nameOf(item: unknown): string | undefined {
  const { name, alert, record, job_name, title, labels } = Object(item) as Readonly<Record<string, unknown>>;
  // Two alerts of one name are of two severities.
  const { severity } = Object(labels) as { readonly severity?: unknown };
  const all = [
    name,
    typeof alert === "string" ? [alert, severity].filter(Boolean).join(" ") : alert,
    record,
    job_name,
    title,
  ];
  return all.find((one) => typeof one === "string");
}

/** A key with a dot in it, such as a file's or a label's name, would read as two. */
function below(path: string, key: string): string {
  if (!/^\w+$/.test(key)) return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}
