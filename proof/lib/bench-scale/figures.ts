import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../../scripts/lib/project.js";
import { replaceFile } from "../../../scripts/lib/write-files.js";

/** The stacks that are measured. */
export const forms = ["full", "lean", "lean-2", "kube-prometheus"] as const;

export type Form = (typeof forms)[number];

/** Pods of each simulated node. */
export const podsPerNode = 30;

/** What one form took with one number of nodes: of all its shards together, unless it says otherwise. */
export interface Point {
  readonly form: Form;
  readonly nodes: number;
  /** When, as `2026-11-29`. */
  readonly date: string;
  /** Whether the machine had other work. Absent: it had none. */
  readonly busy?: boolean;
  /** Seconds that were measured, after a minute in which all got warm. */
  readonly seconds: number;
  readonly series: number;
  /** Series of the shard that has most. */
  readonly seriesOfLargest: number;
  /** Samples a second that were stored; a native histogram is one. */
  readonly storedPerSecond: number;
  /** Resident bytes: the median of the largest shard, and the most that one had. */
  readonly memory: number;
  readonly mostMemory: number;
  readonly cores: number;
  /** Seconds until every target was known, and until all were up at once; null where that did not come in five minutes. */
  readonly discovered: number | null;
  readonly up: number | null;
  readonly walBytesPerSample: number;
  /** Of a sample that joins those of a series, and what a series takes by itself, in the index and at a chunk's beginning. */
  readonly blockBytesPerSample: number;
  readonly blockBytesPerSeries: number;
  /** Share of the targets that were up at the end. */
  readonly upRatio: number;
  /** kube-state-metrics of that form. */
  readonly exporterMemory: number;
  readonly exporterCores: number;
  readonly exporterSamples: number;
}

/** Where they are kept, and on what they were measured. */
export interface Figures {
  readonly machine: string;
  readonly versions: string;
  readonly points: readonly Point[];
}

const path = join(root, "proof/lib/bench-scale/figures.json");

/** What was measured last of each form and number of nodes. */
export async function readFigures(): Promise<Figures> {
  return JSON.parse(await readFile(path, "utf8")) as Figures;
}

/** Puts new points in the place of those of the same form and number of nodes. */
export async function writeFigures(figures: Figures): Promise<void> {
  const points = [...figures.points].sort(
    (one, other) => forms.indexOf(one.form) - forms.indexOf(other.form) || one.nodes - other.nodes,
  );
  await replaceFile(path, `${JSON.stringify({ ...figures, points }, undefined, 2)}\n`);
}

/** All points; a new one replaces the older one of its form and number of nodes. */
export function joined(older: readonly Point[], newer: readonly Point[]): readonly Point[] {
  const replaced = (one: Point) => newer.some(({ form, nodes }) => form === one.form && nodes === one.nodes);
  return [...older.filter((one) => !replaced(one)), ...newer];
}
