import type { Query } from "../../../scripts/lib/cost/queries.js";
import { answerOf, difference } from "../../../scripts/lib/cost/replay/answers.js";
import { beside, excuse, paired } from "../../../scripts/lib/cost/replay/index.js";
import type { InstantSample, PrometheusApi } from "../../../scripts/lib/prometheus.js";
import type { Contestant } from "./contest.js";

/** Both forms scrape so often, and each target at the same moment: Prometheus makes it of the target and the machine. */
const interval = "15s";

/** Rules run at moments of their own, which are to be near each other. */
const evaluation = "5s";

/** What may lie between two values for one scrape that came a little later. */
export const tolerance = 0.05;

/** A form of the stack that is asked, and does nothing else than the other one. */
export function inStep({ config, groups, ...contestant }: Contestant): Contestant {
  const jobs = config.scrape_configs ?? [];
  return {
    ...contestant,
    config: {
      ...config,
      global: { ...config.global, scrape_interval: interval, evaluation_interval: evaluation },
      scrape_configs: jobs.map(({ scrape_interval: _, ...job }) => job),
    },
    groups: groups.map((group) => ({ ...(group as object), interval: evaluation })),
  };
}

/** A query that two forms of a stack answer differently. */
interface Unlike extends Pick<Query, "kind" | "of" | "name"> {
  /** Whether one form gives series and the other none. */
  readonly lost: boolean;
  readonly message: string;
}

/** How two forms of a stack answer. */
interface Likeness {
  readonly queries: number;
  /** Queries with at least one part that gave series. */
  readonly answered: number;
  readonly unlike: readonly Unlike[];
}

/**
 * Asks two Prometheus, which scrape the same live targets, for everything that rules and dashboards ask: the whole of each
 * query, and what an alert compares. The same are answers with the same series and values within {@link tolerance}, at one
 * of the instants: between two scrapes one of them may have had the next one already.
 *
 * @param instants - in seconds since 1970, in the past
 */
export async function likeness(
  full: { readonly queries: readonly Query[]; readonly api: PrometheusApi },
  lean: { readonly queries: readonly Query[]; readonly api: PrometheusApi },
  instants: readonly number[],
): Promise<Likeness> {
  const pairs = paired(full.queries, lean.queries);
  const unlike: Unlike[] = [];
  let answered = 0;
  for (const pair of pairs) {
    const [{ kind, of, name }] = pair;
    let [worst, gives] = [undefined as Pick<Unlike, "lost" | "message"> | undefined, false];
    for (const [expression, counterpart] of beside(pair)) {
      let found: typeof worst;
      for (const instant of instants) {
        const [one, other] = await Promise.all([
          full.api.instant(expression, instant),
          lean.api.instant(counterpart, instant),
        ]);
        gives ||= one.length > 0;
        found = unlikeness(expression, one, other);
        if (found === undefined) break;
      }
      if (worst === undefined || found?.lost) worst = found ?? worst;
    }
    if (gives) answered += 1;
    if (worst !== undefined) unlike.push({ kind, of, name, ...worst });
  }
  return { queries: pairs.length, answered, unlike };
}

function unlikeness(expression: string, one: readonly InstantSample[], other: readonly InstantSample[]) {
  const why = excuse({ expression });
  if (why?.startsWith("it counts")) return undefined;
  const [before, after] = [one, other].map((samples) =>
    answerOf(samples.map(({ metric, value }) => ({ metric, ...(value !== undefined && { values: [value] }) }))),
  );
  if (before === undefined || after === undefined) return undefined;
  const message = difference(before, after, why === undefined, tolerance);
  return message === undefined ? undefined : { lost: (before.size === 0) !== (after.size === 0), message };
}

/** How many are the same, and the names of those that differ. Those that one form does not give at all come first. */
export function likenessLines({ queries, answered, unlike }: Likeness): readonly string[] {
  const [lost, others] = [unlike.filter((one) => one.lost), unlike.filter((one) => !one.lost)];
  const line = ({ kind, of, name, message }: Unlike) => `${kind} ${name} (${of}): ${message}`;
  return [
    `${queries - unlike.length} of ${queries} the same, of which ${answered} gave series: every recording rule, alert, panel and variable, asked of the full form and of that with lean and native-histograms at one instant. Both scrape the same live targets every ${interval}. The same: as many series, with the same labels, and values within ${tolerance * 100} %.`,
    ...lost.map((one) => `- given by one form alone: ${line(one)}`),
    ...others.map((one) => `- differs: ${line(one)}`),
  ];
}
