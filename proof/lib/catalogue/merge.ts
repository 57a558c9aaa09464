import type { JobCatalogue, KnownValues, Metric } from "../../../metrics/catalogue/types.js";
import { byNumberThenText } from "./general-values.js";
import { sorted } from "./record.js";

/** Two recordings of one job as one: what only one of them saw stays, since much is only there now and then. */
export function merged(before: JobCatalogue, now: JobCatalogue): JobCatalogue {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return sorted(
    names.flatMap((name) => {
      const [old, fresh] = [before[name], now[name]];
      const metric = old === undefined || fresh === undefined ? (fresh ?? old) : both(old, fresh);
      return metric === undefined ? [] : [[name, metric] as const];
    }),
  );
}

function both(before: Metric, now: Metric): Metric {
  const labels = [...new Set([...Object.keys(before.labels), ...Object.keys(now.labels)])];
  const notAlways = labels.filter(
    (label) =>
      !(label in before.labels && label in now.labels) ||
      before.optional?.includes(label) ||
      now.optional?.includes(label),
  );
  return {
    type: now.type,
    unit: now.unit,
    help: now.help,
    labels: sorted(labels.map((label) => [label, values(before.labels[label], now.labels[label])] as const)),
    ...(notAlways.length > 0 && { optional: notAlways.sort() }),
  };
}

/** The recording of now decides whether a label's values are put down at all. */
function values(before: KnownValues | undefined, now: KnownValues | undefined): KnownValues {
  if (now === undefined) return before ?? null;
  return now === null ? null : [...new Set([...(before ?? []), ...now])].sort(byNumberThenText);
}
