import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheKey } from "../cache.js";
import { product } from "../project.js";
import type { Daemon } from "./daemons.js";
import type { Families, Node, Place } from "./layout.js";
import type { KubeletTls } from "./worker.js";

/** What tells one embedded cluster from another: a start with the same shape takes the one that runs. */
export interface Shape {
  readonly kubeletTls: KubeletTls;
  readonly nodes: 1 | 2;
  readonly families: Families;
  /** The folders of its programs in the cache, which stand for their versions. */
  readonly binaries: readonly string[];
  /** A hash over the code that starts it: a cluster that an older one started may lack something. */
  readonly recipe: string;
}

/** What a complete start wrote down; a start that was interrupted wrote nothing. */
export interface State {
  readonly shape: Shape;
  /** The kubectl of the cluster's own version. */
  readonly command: string;
  readonly nodes: readonly Node[];
  readonly daemons: readonly Daemon[];
  /** The archives of the images that the nodes have. */
  readonly images: readonly string[];
  /** References of the images that no registry gave. */
  readonly lacks: readonly string[];
}

/** The hash over the files of this folder. */
export async function recipe(): Promise<string> {
  const folder = join(product, "scripts/lib/cluster");
  const files = (await readdir(folder)).sort();
  return cacheKey(...files, ...(await Promise.all(files.map((name) => readFile(join(folder, name))))));
}

export async function readState(place: Place): Promise<State | undefined> {
  const text = await readFile(stateFile(place), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as State);
}

export async function writeState(place: Place, state: State): Promise<void> {
  const file = stateFile(place);
  await mkdir(place.state, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

function stateFile({ state }: Place): string {
  return join(state, "state.json");
}
