import type { KnownValues } from "../catalogue/types.js";

/** What is known of one label of a set of series. */
export interface Label {
  readonly values: KnownValues;
  /** Whether every one of the series has it. */
  readonly certain: boolean;
}

/** The labels that a set of series can have, by name. */
export interface Labels {
  /** True where the labels are not known: whatever is asked of them holds. */
  readonly open: boolean;
  readonly known: ReadonlyMap<string, Label>;
}

export const none: Labels = { open: false, known: new Map() };
export const unknown: Labels = { open: true, known: new Map() };

/** Labels that are certainly there; with the values, where they are known. */
export function certainly(labels: Readonly<Record<string, KnownValues>>): Labels {
  return {
    open: false,
    known: new Map(Object.entries(labels).map(([name, values]) => [name, { values, certain: true }])),
  };
}

export function has({ open, known }: Labels, name: string): boolean {
  return open || known.has(name);
}

/** Labels of several sets of series taken together, as `or` does. One pass, since a selector may read every series. */
export function union(sets: readonly Labels[]): Labels {
  const [only, ...others] = sets;
  if (only !== undefined && others.length === 0) return only;
  const byName = new Map<string, Label[]>();
  for (const [name, label] of sets.flatMap(({ known }) => [...known])) {
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [label]);
    else same.push(label);
  }
  return {
    open: sets.some(({ open }) => open),
    known: new Map([...byName].map(([name, labels]) => [name, anyOf(labels, sets.length)])),
  };
}

function anyOf(labels: readonly Label[], sets: number): Label {
  const values = labels.map((label) => label.values);
  return {
    values: values.includes(null) ? null : [...new Set(values.flatMap((some) => some ?? []))].sort(),
    certain: labels.length === sets && labels.every(({ certain }) => certain),
  };
}

/** The same series with more labels, or with others in their place. */
export function plus(labels: Labels, added: Labels): Labels {
  return { open: labels.open || added.open, known: new Map([...labels.known, ...added.known]) };
}

export function keep({ open, known }: Labels, names: readonly string[]): Labels {
  // What an unknown set of labels has after `by (a)` is known: `a`, or nothing.
  const unseen = open ? names.filter((name) => !known.has(name)) : [];
  return {
    open: false,
    known: new Map([
      ...[...known].filter(([name]) => names.includes(name)),
      ...unseen.map((name): [string, Label] => [name, { values: null, certain: false }]),
    ]),
  };
}

export function without({ open, known }: Labels, names: readonly string[]): Labels {
  return { open, known: new Map([...known].filter(([name]) => !names.includes(name))) };
}

/** Names of the labels that one side always has and the other never: series with them can never be the same. */
export function incompatible(left: Labels, right: Labels): readonly string[] {
  const missing = (one: Labels, other: Labels) =>
    other.open
      ? []
      : [...one.known].flatMap(([name, { certain }]) => (certain && !other.known.has(name) ? [name] : []));
  return [...missing(left, right), ...missing(right, left)].sort();
}
