import assert from "node:assert/strict";
import { converted } from "../../generators/components/native-histograms.js";
import { allRuleFiles } from "../../generators/prometheus/rules/index.js";
import { allJobs } from "../../generators/prometheus/scrape/applications.js";
import { defaults } from "../../generators/settings/index.js";
import { selectors } from "../../metrics/promql/selectors.js";
import { catalogueView } from "../../metrics/view.js";
import { readCatalogues } from "../../scripts/lib/read-catalogues.js";

/** A series of a test of promtool. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

type Sample = number | "_" | "stale";

/** Samples of the parts of a histogram, buckets by their bound. */
interface Parts {
  readonly labels: string;
  readonly buckets: Map<number, readonly Sample[]>;
  sum?: readonly Sample[];
  count?: readonly Sample[];
}

const view = catalogueView(
  defaults,
  converted(allJobs(defaults)),
  allRuleFiles(defaults, "native"),
  await readCatalogues(),
);

/** The same series as Prometheus keeps them with the Component native-histograms. */
export function inNativeForm(all: readonly InputSeries[]): InputSeries[] {
  const histograms = new Map<string, Parts>();
  const others: InputSeries[] = [];
  for (const one of all) {
    const [{ metric = "", matchers } = assert.fail(one.series)] = selectors(one.series);
    const [histogram] = view.inOtherForm(metric);
    if (histogram === undefined) {
      others.push(one);
      continue;
    }
    const texts = matchers.filter(({ label }) => label !== "le").map(({ label, value }) => `${label}="${value}"`);
    const labels = `${histogram.name}{${texts.sort().join(", ")}}`;
    const parts: Parts = histograms.get(labels) ?? { labels, buckets: new Map() };
    histograms.set(labels, parts);
    const bound = matchers.find(({ label }) => label === "le")?.value;
    if (bound === "+Inf" || metric.endsWith("_count")) parts.count = samples(one.values);
    else if (bound === undefined) parts.sum = samples(one.values);
    else parts.buckets.set(Number(bound), samples(one.values));
  }
  return [...others, ...[...histograms.values()].map(joined)];
}

/** Values as promtool writes them short. Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series */
function samples(values: string): Sample[] {
  return `${values}`.split(/\s+/).flatMap((token): Sample[] => {
    const [, gap, first, step = "0", times = "0"] =
      /^(?:(_|stale)|([\d.]+)([+-][\d.]+)?)(?:x(\d+))?$/.exec(token) ?? assert.fail(`${token} is not read here`);
    if (gap === "_" || gap === "stale") return Array<Sample>(Number(times) || 1).fill(gap);
    return Array.from({ length: Number(times) + 1 }, (_, index) => Number(first) + index * Number(step));
  });
}

function joined({ labels, buckets, sum, count }: Parts): InputSeries {
  const bounds = [...buckets.keys()].sort((one, other) => one - other);
  const cumulative = [...bounds.map((bound) => buckets.get(bound) ?? []), ...(count ? [count] : [])];
  const [first = []] = sum ? [sum] : cumulative;
  const values = first.map((sample, index) => {
    if (typeof sample !== "number") return sample;
    const counts = cumulative.map((part) => Number(part[index]));
    const each = counts.map((value, place) => value - (counts[place - 1] ?? 0));
    const observed = `count:${counts.at(-1) ?? 0} sum:${sum?.[index] ?? 0}`;
    return `{{schema:-53 ${observed} custom_values:[${bounds.join(" ")}] buckets:[${each.join(" ")}]}}`;
  });
  return { series: labels, values: values.join(" ") };
}
