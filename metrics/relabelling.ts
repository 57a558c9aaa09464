import { md5 } from "./md5.js";
import { remembered } from "./remembered.js";

/** One step of `relabel_configs` or `metric_relabel_configs`, as anybody may write it. */
export interface RelabelStep {
  readonly action?: string;
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex?: unknown;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly modulus?: number;
}

/** Labels of a target or of a series; undefined where only the cluster knows the value. What is not in it is empty, unless {@link isOpen}. */
export type TargetLabels = ReadonlyMap<string, string | undefined>;

/** A target or a series after relabelling, or the step that dropped it. */
type Relabelled = { readonly labels: TargetLabels } | { readonly droppedBy: RelabelStep };

/**
 * Relabels a target or a series as Prometheus does. A step whose outcome hangs on what only the cluster knows drops nothing.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
 */
export function relabel(target: TargetLabels, steps: readonly RelabelStep[]): Relabelled {
  const labels = new Map(target);
  for (const step of steps) {
    const { action = "replace", source_labels = [], separator = ";", target_label = "", replacement = "$1" } = step;
    const values = source_labels.map((name) => lookUp(name, labels));
    const known = values.every((value) => value !== undefined);
    const match = known ? regexOf(step)?.exec(values.join(separator)) : undefined;
    const verb = action.toLowerCase();
    if ((verb === "keep" && match === null) || (verb === "drop" && match)) return { droppedBy: step };
    if (verb === "replace") {
      if (match === undefined) labels.set(target_label, undefined);
      else if (match !== null) labels.set(target_label, expand(replacement, match));
    }
    if (verb === "hashmod") {
      labels.set(target_label, known ? `${hashed(values.join(separator), step.modulus ?? 1)}` : undefined);
    }
    if (verb === "lowercase" || verb === "uppercase") {
      const text = known ? values.join(separator) : undefined;
      labels.set(target_label, verb === "lowercase" ? text?.toLowerCase() : text?.toUpperCase());
    }
    if (verb === "labeldrop" || verb === "labelkeep") {
      for (const name of labels.keys()) {
        if ((regexOf(step)?.test(name) ?? false) === (verb === "labeldrop")) labels.delete(name);
      }
    }
    if (verb === "labelmap") {
      for (const [name, value] of [...labels]) {
        const found = regexOf(step)?.exec(name);
        if (found) labels.set(expand(replacement, found), value);
      }
    }
  }
  return { labels };
}

/** The remainder that `hashmod` leaves: of the last eight bytes of the MD5. */
function hashed(text: string, modulus: number): bigint {
  return new DataView(md5(text).buffer).getBigUint64(8) % BigInt(modulus);
}

/** Undefined for one that Go reads and JavaScript does not. */
const regexOf = remembered(({ regex = "(.*)" }: RelabelStep): RegExp | undefined => {
  try {
    return new RegExp(`^(?:${regex})$`, "s");
  } catch {
    return undefined;
  }
});

function lookUp(name: string, labels: TargetLabels): string | undefined {
  if (labels.has(name)) return labels.get(name);
  return isOpen(name) ? undefined : "";
}

/** Whether a label may have a value that is not in a rendered object, as that of a node. */
function isOpen(name: string): boolean {
  return name.startsWith("__meta_") && !/^__meta_kubernetes_(service|pod)_(label|annotation)/.test(name);
}

function expand(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (written, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return written === "$$" ? "$" : written;
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? "";
  });
}
