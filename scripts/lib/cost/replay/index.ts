import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { operands } from "../../../../metrics/promql/operands.js";
import { selectors } from "../../../../metrics/promql/selectors.js";
import { Failure } from "../../failure.js";
import { freePort } from "../../poc/ports.js";
import { type Program, start } from "../../poc/program.js";
import { step } from "../../progress.js";
import { type PrometheusApi, prometheusAt } from "../../prometheus.js";
import type { RecordedTarget } from "../../read-expositions.js";
import type { Rendered } from "../../rendered/objects.js";
import { toolchain } from "../../toolchain/index.js";
import { type Query, queriesOf } from "../queries.js";
import { type Answer, answerOf, difference } from "./answers.js";
import { replayConfig } from "./config.js";
import { type Player, play, type Timeline } from "./player.js";

/** A query that does not give the same in both forms of a stack. */
export interface Difference extends Pick<Query, "kind" | "of" | "name"> {
  /** The expression, or the part of it, that differs: as the full form has it. */
  readonly expression: string;
  readonly message: string;
}

/** What came of a replay. */
export interface Replayed {
  readonly queries: number;
  /** Queries with at least one part that gave series. */
  readonly answered: number;
  readonly differences: readonly Difference[];
  /** Queries that are not compared by their values, and why. */
  readonly excused: readonly (Pick<Query, "kind" | "of" | "name"> & { readonly why: string })[];
}

/** One form of the stack, and the Prometheus that runs it. */
interface Side {
  readonly listener: string;
  readonly rendered: Rendered;
  readonly queries: readonly Query[];
  readonly api: PrometheusApi;
}

const stepMilliseconds = 30_000;
const steps = 16;

/**
 * Plays recorded targets to two Prometheus, one with each form of a stack, and compares what all queries give. Both get the
 * same samples with the same times.
 *
 * @param look - called while both are there, after all was compared, with the time of the last samples
 * @throws Failure when the two forms do not have the same queries, or a Prometheus does not get all samples.
 */
export async function replay<T>(
  forms: { readonly full: Rendered; readonly lean: Rendered },
  targets: readonly RecordedTarget[],
  look: (apis: { readonly full: PrometheusApi; readonly lean: PrometheusApi }, end: number) => Promise<T>,
): Promise<{ readonly replayed: Replayed; readonly seen: T }> {
  const program = await toolchain.tool("prometheus");
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-replay-"));
  const running: Program[] = [];
  const now = Math.floor(Date.now() / 1000) * 1000;
  // Prometheus takes samples of the last hour, and of the next ten minutes. `up` is of this minute.
  const timeline: Timeline = { start: now + 60_000 - steps * stepMilliseconds, stepMilliseconds, steps };
  const player = await play(targets, timeline);
  const over = new AbortController();
  const ended = once(over.signal, "abort").then((): never => {
    throw over.signal.reason;
  });
  // Heard only while it matters.
  ended.catch(() => undefined);
  try {
    const side = async (listener: string, rendered: Rendered): Promise<Side> => {
      const cwd = join(folder, listener);
      await mkdir(cwd);
      await writeFile(
        join(cwd, "prometheus.yml"),
        stringify(replayConfig(rendered, targets, player, listener), { aliasDuplicateObjects: false }),
      );
      const address = `127.0.0.1:${await freePort()}`;
      const args = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", `--web.listen-address=${address}`];
      running.push(start(`Prometheus ${listener}`, program, args, cwd, (failure) => over.abort(failure)));
      const api = prometheusAt(`http://${address}`);
      return { listener, rendered, queries: queriesOf(rendered, stepMilliseconds), api };
    };
    const [full, lean] = [await side("full", forms.full), await side("lean", forms.lean)];
    const pairs = paired(full.queries, lean.queries);
    await step(
      `scraping ${targets.length} recorded targets ${steps} times, twice`,
      () => Promise.race([player.allPlayed([full.listener, lean.listener], 120_000), ended]),
      40,
    );
    const replayed = await step(
      `asking ${pairs.length} queries of both`,
      () => compare(pairs, full, lean, timeline, player),
      40,
    );
    return { replayed, seen: await look({ full: full.api, lean: lean.api }, endOf(timeline)) };
  } finally {
    player.close();
    await Promise.all(running.map((one) => one.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Queries that have the same place in both forms. @throws Failure that names one without a counterpart. */
export function paired(full: readonly Query[], lean: readonly Query[]): readonly (readonly [Query, Query])[] {
  const keyed = (queries: readonly Query[]) => {
    const seen = new Map<string, number>();
    return new Map(
      queries.map((query) => {
        const { kind, of, name, labels } = query;
        const key = JSON.stringify([kind, of, name, labels]);
        // One name has several rules where it is written for each value of a label.
        const count = (seen.get(key) ?? 0) + 1;
        seen.set(key, count);
        return [`${key} ${count}`, query] as const;
      }),
    );
  };
  const [ofFull, ofLean] = [keyed(full), keyed(lean)];
  const missing = [...ofFull, ...ofLean].find(([key]) => !ofFull.has(key) || !ofLean.has(key));
  if (missing !== undefined) {
    const [, { kind, of, name }] = missing;
    throw new Failure(
      `${kind} ${name} of ${of} is in one form of the stack only`,
      "give both forms the same rules and panels",
    );
  }
  return [...ofFull].flatMap(([key, query]) => {
    const other = ofLean.get(key);
    return other === undefined ? [] : [[query, other] as const];
  });
}

/** The whole of two queries, and what each compares, beside each other: the whole alone where they have not as many parts. */
export function beside([one, other]: readonly [Query, Query]): readonly (readonly [string, string])[] {
  const [parts, others] = [operands(one.expression), operands(other.expression)];
  return parts.flatMap((part, index): [string, string][] => {
    const counterpart = parts.length === others.length ? others[index] : index === 0 ? others[0] : undefined;
    return counterpart === undefined ? [] : [[part, counterpart]];
  });
}

/** The time of the last step, in seconds since 1970. */
function endOf({ start, stepMilliseconds, steps }: Timeline): number {
  return (start + (steps - 1) * stepMilliseconds) / 1000;
}

/** What Prometheus says of its own scrapes, which are another's in the other form. */
const ofScrapes = /^scrape_(duration_seconds|body_size_bytes|samples_\w+|series_added)$/;

/** Why a query cannot give the same values in both forms; undefined where it has to. */
export function excuse({ expression }: Pick<Query, "expression">): string | undefined {
  const read = selectors(expression);
  const wild = read.some(
    ({ metric, matchers }) => metric === undefined && !matchers.some(({ label }) => label === "__name__"),
  );
  if (wild) return "it counts every series that there is";
  const scrapes = read.find(({ metric }) => metric !== undefined && ofScrapes.test(metric));
  return scrapes === undefined ? undefined : `it reads ${scrapes.metric}, which is about the scrape itself`;
}

async function compare(
  pairs: readonly (readonly [Query, Query])[],
  full: Side,
  lean: Side,
  timeline: Timeline,
  player: Player,
): Promise<Replayed> {
  const end = endOf(timeline);
  const every = { start: timeline.start / 1000, end, step: timeline.stepMilliseconds / 1000 };
  const few = { start: end - 300, end, step: 150 };
  const ask = async ({ api }: Side, expression: string, range: typeof every) =>
    answerOf(await api.range(expression, range));
  const known = new Map<string, Promise<[Answer, Answer]>>();
  const both = (one: string, other: string, range: typeof every) => {
    const key = JSON.stringify([one, other, range.step]);
    const answers = known.get(key) ?? Promise.all([ask(full, one, range), ask(lean, other, range)]);
    known.set(key, answers);
    return answers;
  };
  const differences: Difference[] = [];
  const excused: Replayed["excused"][number][] = [];
  let answered = 0;
  const hold = async (
    [one, other]: readonly [Query, Query],
    range: typeof every,
  ): Promise<readonly [Answer, Answer]> => {
    const { kind, of, name } = one;
    const why = excuse(one) ?? excuse(other);
    if (why !== undefined) excused.push({ kind, of, name, why });
    let whole: readonly [Answer, Answer] = [new Map(), new Map()];
    let [found, gives] = [undefined as Difference | undefined, false];
    for (const [index, [expression, counterpart]] of beside([one, other]).entries()) {
      const answers = await both(expression, counterpart, range);
      if (index === 0) whole = answers;
      gives ||= answers[0].size > 0;
      const wild = excuse({ expression })?.startsWith("it counts");
      const message = wild ? undefined : difference(...answers, excuse({ expression }) === undefined);
      if (message !== undefined) found ??= { kind, of, name, expression, message };
    }
    if (found !== undefined) differences.push(found);
    if (gives) answered += 1;
    return whole;
  };
  for (const level of levels(pairs.filter(([{ kind }]) => kind === "record"))) {
    const recorded: [string, string] = ["", ""];
    for (const pair of level) {
      const answers = await hold(pair, every);
      for (const side of [0, 1] as const) recorded[side] += recordedText(pair[side], answers[side]);
    }
    await Promise.all([player.tell(full.listener, recorded[0]), player.tell(lean.listener, recorded[1])]);
  }
  for (const pair of pairs.filter(([{ kind }]) => kind !== "record")) await hold(pair, few);
  return { queries: pairs.length, answered, differences, excused };
}

/** Rules in the order in which they need one another: each level reads only what the levels before it recorded. */
export function levels(pairs: readonly (readonly [Query, Query])[]): (readonly (readonly [Query, Query])[])[] {
  const found: (readonly [Query, Query])[][] = [];
  let left = [...pairs];
  while (left.length > 0) {
    const names = new Set(left.map(([{ name }]) => name));
    const ready = left.filter(([{ name, expression }]) =>
      selectors(expression).every(({ metric = "" }) => metric === name || !names.has(metric)),
    );
    // Rules that read one another in a circle are asked as they come.
    found.push(ready.length === 0 ? left : ready);
    left = ready.length === 0 ? [] : left.filter((pair) => !ready.includes(pair));
  }
  return found;
}

/** What a rule would have recorded, as an exposition. */
function recordedText({ name, labels }: Query, answer: Answer): string {
  return [...answer]
    .flatMap(([series, samples]) => {
      const own = { ...Object.fromEntries(JSON.parse(series) as [string, string][]), ...labels };
      const written = Object.entries(own).flatMap(([label, value]) =>
        label === "__name__" ? [] : [`${label}=${JSON.stringify(value)}`],
      );
      return [...samples].map(([at, value]) => `${name}{${written.join(",")}} ${value} ${at * 1000}\n`);
    })
    .join("");
}
