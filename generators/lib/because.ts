const key = Symbol("why");

type Why = string | Readonly<Record<string, string>>;

/**
 * The same value with the reason for it, which the YAML that is made of it has as a comment.
 *
 * @param why a sentence about an item of a list; or about fields, by their names
 */
export function because<T extends object>(
  value: T,
  why: T extends readonly unknown[] ? never : string | { readonly [Field in keyof T]?: string },
): T {
  const before = reasonFor(value);
  return {
    ...value,
    [key]: typeof before === "object" && typeof why === "object" ? Object.assign({}, before, why) : why,
  };
}

/** What {@link because} says of a value; undefined where nothing does. */
export function reasonFor(value: object): Why | undefined {
  return (value as { readonly [key]?: Why })[key];
}
