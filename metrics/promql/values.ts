import { didYouMean, nearest } from "./nearest.js";
import type { Matcher } from "./selectors.js";

type Condition = Pick<Matcher, "operator" | "value">;

/** Whether a label with that value passes a matcher. A regular expression that cannot be read here lets all through. */
export function matches({ operator, value }: Condition, candidate: string): boolean {
  if (operator === "=") return candidate === value;
  if (operator === "!=") return candidate !== value;
  const pattern = anchored(value);
  if (pattern === undefined) return true;
  return pattern.test(candidate) === (operator === "=~");
}

/**
 * What a matcher asks for although no series has it, with the nearest value that there is; undefined when all is well.
 * Ruling out what is not there does no harm, so that `!=` and `!~` are only looked at for misspelt values.
 *
 * @param values - every value that the label can have.
 */
export function missingValue({ operator, value }: Condition, values: readonly string[]): string | undefined {
  if (operator === "=" || operator === "!=") return missing(value, operator, values);
  const words = alternatives(value);
  if (words !== undefined) {
    return words
      .map((word) => missing(word, operator === "=~" ? "=" : "!=", values))
      .find((word) => word !== undefined);
  }
  if (operator === "!~" || values.some((known) => matches({ operator, value }, known))) return undefined;
  return matches({ operator, value }, "") ? undefined : `like ${value} (known: ${shortened(values)})`;
}

function missing(word: string, operator: "=" | "!=", values: readonly string[]): string | undefined {
  if (word === "" || values.includes(word)) return undefined;
  if (operator === "!=" && nearest(word, values) === undefined) return undefined;
  return `"${word}"${didYouMean(word, values)} (known: ${shortened(values)})`;
}

/** The words of a regular expression that is nothing but `a|b|c`, in brackets or not; undefined for any other. */
export function alternatives(pattern: string): readonly string[] | undefined {
  const bare = /^\((?:\?:)?([^()]*)\)$/.exec(pattern)?.[1] ?? pattern;
  return /[\\^$.*+?()[\]{}]/.test(bare) ? undefined : bare.split("|");
}

/** Prometheus anchors every pattern at both ends, and its dot is for newlines too. */
function anchored(pattern: string): RegExp | undefined {
  const insensitive = pattern.startsWith("(?i)");
  try {
    return new RegExp(`^(?:${insensitive ? pattern.slice("(?i)".length) : pattern})$`, insensitive ? "is" : "s");
  } catch {
    return undefined;
  }
}

function shortened(values: readonly string[]): string {
  const most = 12;
  return values.length <= most
    ? values.join(", ")
    : `${values.slice(0, most).join(", ")} and ${values.length - most} more`;
}
