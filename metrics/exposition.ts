/** What one target exposed, ready to be played: its counters and histograms go on from there, all else stays. */
export interface Exposition {
  /**
   * The exposition after some steps. The same step gives the same bytes.
   *
   * @param milliseconds the time that every sample carries, since 1970
   */
  at(step: number, milliseconds: number): string;
}

/** A sample whose value moves, cut where the value stands. */
interface Moving {
  readonly series: string;
  readonly start: number;
  readonly perStep: number;
}

/** A histogram's series of one set of labels: how much each step puts into its buckets. */
interface Observed {
  /** Observations of each step that all buckets so far got. */
  count: number;
  sum: number;
}

/**
 * Reads an exposition in Prometheus' text form.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function exposition(text: string): Exposition {
  const parts: (string | Moving)[] = [];
  const histograms = new Map<string, Observed>();
  let [family, type] = ["", ""];
  for (const line of text.split("\n")) {
    const declared = /^# TYPE (\S+) (\w+)/.exec(line);
    if (declared !== null) [family, type] = [declared[1] ?? "", declared[2] ?? ""];
    const sample = /^([^\s#{]+)(\{.*\})? (\S+)(?: -?\d+)?$/.exec(line);
    if (sample === null) {
      if (line !== "") parts.push(line);
      continue;
    }
    const [, name = "", labels = "", value = ""] = sample;
    const series = name + labels;
    const ofFamily = name.startsWith(family) ? name.slice(family.length) : undefined;
    parts.push({
      series,
      start: Number(value.replace("Inf", "Infinity")),
      perStep: perStep(series, labels, ofFamily, value),
    });
  }
  return {
    at: (step, milliseconds) =>
      `${parts
        .map((part) =>
          typeof part === "string"
            ? part
            : `${part.series} ${written(part.start + step * part.perStep)} ${milliseconds}`,
        )
        .join("\n")}\n`,
  };

  function perStep(series: string, labels: string, ofFamily: string | undefined, value: string): number {
    // Counts stay whole; what is measured in seconds need not.
    const counted = (hash(series) % 7) * (Number.isInteger(Number(value)) ? 1 : 0.03125);
    if (type === "counter") return ofFamily === undefined ? 0 : counted;
    if (type === "summary") return ofFamily === "_sum" || ofFamily === "_count" ? counted : 0;
    if (type !== "histogram" || ofFamily === undefined) return 0;
    const pairs = [...labels.matchAll(/([\w.]+)="((?:[^"\\]|\\.)*)"/g)];
    const key = `${family} ${pairs.filter(([, label]) => label !== "le").join()}`;
    const bound = Number(pairs.find(([, label]) => label === "le")?.[2]);
    const seen = histograms.get(key) ?? { count: 0, sum: 0 };
    histograms.set(key, seen);
    if (ofFamily === "_sum") return seen.sum;
    if (ofFamily === "_count") return seen.count;
    const own = hash(series) % 4;
    seen.count += own;
    seen.sum += own * (Number.isFinite(bound) ? bound : 0);
    return seen.count;
  }
}

function written(value: number): string {
  return Number.isFinite(value) ? `${value}` : `${value}`.replace("Infinity", "Inf");
}

/** FNV-1a: series differ in how fast they move, and each run moves them alike. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
