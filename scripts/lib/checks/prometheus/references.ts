import { posix } from "node:path";
import { isScalar, parseDocument, type Scalar, visit } from "yaml";

/** A path that a configuration file refers to. */
export interface Reference {
  /** The field, such as `ca_file`. */
  readonly field: string;
  /** The path in the container, which may be a pattern where {@link pattern} says so. */
  readonly path: string;
  readonly pattern: boolean;
}

/** A configuration file whose references lead below another root. */
interface Rerooted {
  readonly text: string;
  readonly references: readonly Reference[];
}

/** Fields that hold lists of patterns, the last one of Alertmanager. */
const lists = ["scrape_config_files", "rule_files", "files", "templates"];

/**
 * Finds the files that a configuration file of Prometheus or Alertmanager refers to, and makes them absolute below `root`. All else
 * stays as it is, line for line, so that an error still names the right line.
 *
 * @param folder where the file lies in the container: relative paths start there
 * @throws Error that says where the text is no YAML
 */
export function reroot(text: string, folder: string, root: string): Rerooted {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw error;
  const found: { reference: Reference; start: number; end: number }[] = [];
  const add = (field: string, node: Scalar, pattern: boolean) => {
    if (typeof node.value !== "string" || node.value === "" || !node.range) return;
    const path = posix.resolve(folder, node.value);
    found.push({ reference: { field, path, pattern }, start: node.range[0], end: node.range[1] });
  };
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || typeof key.value !== "string") return;
      if (isScalar(value) && key.value.endsWith("_file")) add(key.value, value, false);
    },
    Seq: (_, sequence, ancestors) => {
      const parent = ancestors.at(-1);
      const field = parent !== undefined && "key" in parent && isScalar(parent.key) ? parent.key.value : undefined;
      if (typeof field !== "string" || !lists.includes(field)) return;
      for (const item of sequence.items) if (isScalar(item)) add(field, item, true);
    },
  });
  const rerooted = found.reduceRight(
    (before, { reference, start, end }) =>
      before.slice(0, start) + JSON.stringify(root + reference.path) + before.slice(end),
    text,
  );
  return { text: rerooted, references: found.map(({ reference }) => reference) };
}
