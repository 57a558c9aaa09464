import type { ScrapeConfig, ScrapeJob } from "../../metrics/scrape-job.js";
import {
  type Base,
  type Component,
  type ConfigFile,
  type ConfigMapFiles,
  type Rewrite,
  textOf,
} from "../lib/base-and-component.js";
import { configMaps } from "../prometheus/pod.js";
import { guards } from "../prometheus/scrape/guards.js";
import { prometheusItself } from "../prometheus/scrape/prometheus.js";
import { mostReplicas } from "../settings/forms.js";

/** A text of a file of jobs, and the Component that wrote it; undefined for the base. */
export interface Written {
  readonly file: string;
  readonly jobs: readonly ScrapeConfig[];
  readonly text: string;
  readonly by: string | undefined;
}

/** One line of a file of jobs, and what comes in its place. */
export interface Place {
  readonly line: number;
  readonly text: ConfigFile;
}

/** Every text that a file of jobs may have. What later Components put behind it leaves its lines where they are. */
export function writtenJobs(bases: readonly Base[], components: readonly Component[]): Written[] {
  const textsIn = (maps: readonly ConfigMapFiles[], by: string | undefined) =>
    maps
      .filter((map) => map.name === configMaps.scrape)
      .flatMap(({ files }) =>
        files.map((file) => {
          const { scrape_configs: jobs = [] } = (file.content ?? {}) as { scrape_configs?: readonly ScrapeConfig[] };
          return { file: file.name, jobs, text: textOf(file), by };
        }),
      );
  return [
    ...bases.flatMap(({ configMaps: maps = [] }) => textsIn(maps, undefined)),
    ...components.flatMap(({ name, adds = [], replaces = [] }) => textsIn([...adds, ...replaces], name)),
  ];
}

/**
 * Rewrites lines of files of jobs, wherever these are in the text of whichever Component wrote the file.
 *
 * @param placesIn - the lines of a text, the last first: what is put in moves the lines behind it
 * @param copy - as for a {@link Rewrite}
 */
export function rewritesAt(
  written: readonly Written[],
  placesIn: (one: Written) => readonly Place[],
  copy?: string,
): Rewrite[] {
  const linesOf = (one: Written) => JSON.stringify(placesIn(one).map(({ line }) => line));
  return [...new Set(written.map(({ file }) => file))].flatMap((file) => {
    const all = written.filter((one) => one.file === file);
    // Whoever differs from the first is told apart by its name.
    const [first] = all;
    const others = all.flatMap((one) => (first && linesOf(one) !== linesOf(first) ? (one.by ?? []) : []));
    const rewrites = (one: Written, writer?: Rewrite["writer"]) =>
      placesIn(one).map(
        ({ line, text }): Rewrite => ({
          map: configMaps.scrape,
          ...(copy !== undefined && { copy }),
          file,
          place: { line },
          text,
          ...(writer && { writer }),
        }),
      );
    return [
      ...(first ? rewrites(first, others.length > 0 ? { isNot: others } : undefined) : []),
      ...all
        .filter(({ by }) => by !== undefined && others.includes(by))
        .flatMap((one) => rewrites(one, { is: one.by ?? "" })),
    ];
  });
}

/** The file that a base has a job in. */
export function fileOf({ config }: Pick<ScrapeJob, "config">): string {
  return `${config.job_name}.yml`;
}

/** Lets the job `prometheus` have more targets than the replicas of one Prometheus. */
export function moreOfPrometheus(written: readonly Written[], source: string, more: number): Rewrite[] {
  const { target_limit } = guards({ targets: mostReplicas + more, samples: 0, bytesPerSample: 0 });
  const text = { name: "more-of-prometheus.yml", source, content: { target_limit }, indent: 4 };
  return rewritesAt(written, (one) => {
    if (one.file !== fileOf(prometheusItself())) return [];
    const line = one.text.split("\n").findIndex((line) => line.startsWith("    target_limit: "));
    if (line < 0) throw new Error(`${source}: ${one.file} has no target_limit in a line of its own`);
    return [{ line, text }];
  });
}
