import type { JobCatalogue, Metric } from "./catalogue/types.js";
import { exposedBy, mark, namesRead, passes, type Read } from "./keep-list.js";
import { nameLabel, type Selector, selectors } from "./promql/selectors.js";
import { alternatives } from "./promql/values.js";
import { type RelabelStep, relabel } from "./relabelling.js";

/** A job, what its targets expose, and what is done with that before it is kept. */
interface RelabelledJob {
  readonly job: string;
  readonly metrics: JobCatalogue;
  readonly steps: readonly RelabelStep[];
}

/** What a selector reads and a job does not keep. */
export interface Loss extends Read {
  readonly job: string;
  /** At least one: each with a series that is lost, its labels those that it was judged by, as PromQL has them. */
  readonly lost: readonly { readonly name: string; readonly series: string }[];
}

/**
 * What `metric_relabel_configs` drop of what somebody reads, once for each selector and job. They are applied to series
 * as the catalogue has them. Where a label's values come from the cluster, a keep-list of ours is asked for some value; of
 * any other steps only what they drop whatever the value is counts, since to leave out a namespace is meant so.
 */
export function losses(jobs: readonly RelabelledJob[], reads: readonly Read[]): readonly Loss[] {
  return reads.flatMap((read) =>
    selectors(read.expr).flatMap((selector) =>
      jobs
        .filter(({ job }) => selector.matchers.every((one) => one.label !== "job" || passes(one, job)))
        .flatMap(({ job, metrics, steps }): Loss[] => {
          const lost = namesRead(selector, metrics).flatMap((name) => {
            const series = samples(name, selector, metrics, steps).find((one) => "droppedBy" in relabel(one, steps));
            return series === undefined ? [] : [{ name, series: text(series) }];
          });
          return lost.length === 0 ? [] : [{ ...read, job, lost }];
        }),
    ),
  );
}

type Series = ReadonlyMap<string, string | undefined>;

/** Series of one name that a selector reads, as far as the steps can tell them apart; none where the job has no such name. */
function samples(name: string, selector: Selector, metrics: JobCatalogue, steps: readonly RelabelStep[]): Series[] {
  const metric = exposedBy(name, metrics)?.metric;
  if (metric === undefined) return [];
  const isStrict = steps.some(({ target_label }) => target_label === mark);
  const asked = [...new Set(steps.flatMap(({ source_labels = [] }) => source_labels))];
  const labels = asked.filter((label) => label in metric.labels && (label !== "le" || name.endsWith("_bucket")));
  return labels.reduce<Series[]>(
    (all, label) => {
      const values = valuesOf(label, selector, metric, isStrict);
      return all.flatMap((series) => values.map((value) => new Map([...series, [label, value] as const])));
    },
    [new Map([[nameLabel, name]])],
  );
}

/** Values of a label that a selector reads; undefined for one that only the cluster knows. */
function valuesOf(label: string, { matchers }: Selector, metric: Metric, isStrict: boolean): (string | undefined)[] {
  const own = matchers.filter((matcher) => matcher.label === label);
  const named = own.flatMap(({ operator, value }) =>
    operator === "=" ? [value] : operator === "=~" ? (alternatives(value) ?? []) : [],
  );
  const known = metric.labels[label] ?? (isStrict ? ["any value"] : []);
  const values = named.length > 0 ? named : [...known, ...(isStrict && metric.optional?.includes(label) ? [""] : [])];
  const read = values.filter((value) => own.every((matcher) => passes(matcher, value)));
  return read.length > 0 ? read : [undefined];
}

function text(series: Series): string {
  const { [nameLabel]: name, ...labels } = Object.fromEntries(series);
  const known = Object.entries(labels)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return known.length === 0 ? `${name}` : `${name}{${known.map(([label, value]) => `${label}="${value}"`).join(", ")}}`;
}
