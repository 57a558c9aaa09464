import type { BaseIssue } from "valibot";

const words: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  number: "a number",
  object: "a mapping of names to values",
  record: "a mapping of names to values",
  strict_object: "a mapping of names to values",
  string: "a string",
};

/** What a value should have been, for a person: `a list`, or the values that are allowed. */
export function inWords({ type, expected }: BaseIssue<unknown>): string {
  return (
    words[type] ??
    String(expected)
      .replace(/^\((.*)\)$/, "$1")
      .replaceAll(" | ", " or ")
  );
}
