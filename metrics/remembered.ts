/**
 * A pure function that works once for the same object, as long as that is there: it is asked again and again.
 *
 * @param make the rest of what it takes are words
 */
export function remembered<Key extends object, Words extends readonly string[], Made>(
  make: (key: Key, ...words: Words) => Made,
): (key: Key, ...words: Words) => Made {
  const known = new WeakMap<Key, Map<string, Made>>();
  return (key, ...words) => {
    const before = known.get(key) ?? new Map<string, Made>();
    known.set(key, before);
    const word = words.join("\0");
    const made = before.has(word) ? (before.get(word) as Made) : make(key, ...words);
    before.set(word, made);
    return made;
  };
}

/**
 * Makes what is asked for by the same text once, as long as there are not too many others: for what comes back as another object
 * with the same in it.
 */
export function rememberedByText<Made>(): (text: string, make: () => Made) => Made {
  const known = new Map<string, Made>();
  return (text, make) => {
    const made = known.has(text) ? (known.get(text) as Made) : make();
    if (known.size >= mostTexts) known.clear();
    known.set(text, made);
    return made;
  };
}

/** Several times as many as the stack has files. */
const mostTexts = 5_000;
