import fc from "fast-check";
import { type Setting, type Shape, settingsTree } from "../../proof/lib/settings-tree.js";

/*
 * Settings as nobody should write them, and some do. They are made of the schema, so that a new setting has its share of
 * them from the first day.
 */

/** Text that has the form of some setting, at or past its bounds, or almost. */
export const texts = [
  ...[
    "1ms",
    "1s",
    "0s",
    "10s",
    "1m",
    "90m",
    "1h30m",
    "1d",
    "100y",
    "101y",
    "99999999999999999999y",
    "5",
    "1.5s",
    "-1s",
  ],
  ...["1B", "1KB", "8GB", "8PB", "7PB", "8EB", "0GB", "8Gi", "99999999999999999999GB"],
  ...["1m", "0.5", "0", "0.0001", "1", "1k", "512Mi", "0.3Gi", "9999999Ti", "1e3", "100Ti", ".5", "5."],
  ...["default", "kube-system", "a", "1", "0x1f", "1e3", "null", "true", "no", "on", "~", "1_000", "-a", "a-", "é"],
  ...[
    "a".repeat(63),
    "a".repeat(64),
    "",
    " ",
    "a b",
    "a\nb",
    "#",
    "---",
    "${CLUSTER}",
    "$(RETENTION_TIME)",
    "{{ $value }}",
  ],
  ...[
    "https://example.com/a?b=c&d#e",
    "https://example.com/",
    "docs",
    "..",
    "a'b",
    'a"b',
    "a\\b",
    "a{b",
    "a: b",
    "*a",
    "%",
  ],
  ...[
    ".*",
    "(a|b)?",
    "(",
    "[",
    "[]a]",
    "[^]",
    "(?=a)",
    "(?:a)",
    "a**",
    "a*?",
    "^$",
    "|",
    "[[:alpha:]]",
    "\\d",
    "[z-a]",
  ],
];

export const numbers = [
  ...[0, 1, 2, 3, 10, 110, 3600, 86_400, 1e6, 1e9, 1e9 + 1, 2 ** 31, 2 ** 53, 1e21, -1, -0],
  ...[0.5, 0.01, 1e-7, 1e-9, 5e-324, 0.1 + 0.2, 0.999_999_999_999_999_9, 9.99, Number.NaN, Number.POSITIVE_INFINITY],
];

/** Any character at all. What comes with the unit `binary` takes a second for a table of all of them. */
const character = fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff })).map(
  (code) => String.fromCodePoint(code),
  (text) => codeOf(String(text)),
);

const anyText = fc.string({ unit: character });

/** @throws Error where a text is not one character. fast-check tells by it which texts can be made of them. */
function codeOf(text: string): number {
  const [first = "", ...more] = text;
  if (first === "" || more.length > 0) throw new Error("not one character");
  return first.codePointAt(0) ?? 0;
}

/** Settings of the right names, with values that are odd, or just the default ones. */
export const oddSettings: fc.Arbitrary<Record<string, unknown>> = blockOf(settingsTree());

/** Anything at all, and settings with anything among them. */
export const garbage: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything(),
  fc.jsonValue(),
  fc
    .tuple(oddSettings, fc.dictionary(fc.string(), fc.anything(), { maxKeys: 3 }))
    .map(([odd, more]) => ({ ...odd, ...more })),
  fc.dictionary(fc.constantFrom(...settingsTree().map(({ name }) => name)), fc.anything(), { maxKeys: 4 }),
);

/** Some of a block's settings. */
function blockOf(settings: readonly Setting[]): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .subarray([...settings])
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((setting) => [setting.name, valueFor(setting)]))));
}

/** Mostly what the setting takes by itself, or hardly any input would be right as a whole. */
function valueFor({ shape, default: usual, takes }: Setting): fc.Arbitrary<unknown> {
  const values = odd(shape);
  if (shape.is === "block") return values;
  const known: readonly unknown[] = shape.is === "text" ? texts : shape.is === "number" ? numbers : [];
  const right = [...known.filter(takes), ...(usual === undefined ? [] : [usual])];
  if (right.length === 0) return values;
  return fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: values });
}

function odd(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.is) {
    case "text":
      return fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...texts) }, anyText);
    case "number":
      return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...numbers) }, fc.double(), fc.nat());
    case "flag":
      return fc.boolean();
    case "anything":
      return fc.jsonValue();
    case "choice":
      return fc.constantFrom(...shape.options);
    case "list":
      return fc.array(odd(shape.of), { maxLength: 3 });
    case "map":
      return fc.dictionary(fc.oneof(fc.constantFrom(...texts), fc.string()), odd(shape.of), { maxKeys: 3 });
    case "block":
      return blockOf(shape.settings);
  }
}
