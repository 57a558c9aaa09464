import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type Exposition, exposition } from "../../metrics/exposition.js";
import { Failure } from "./failure.js";
import { product } from "./project.js";

/** One target of a recording: what it exposed, and the labels that its job gave it. */
export interface RecordedTarget {
  readonly job: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly exposition: Exposition;
}

/** Where the recordings are: `<job>.txt.gz`, of each target a line `# target LABELS` and what it exposed. */
export const expositionFolder = join(product, "metrics/expositions");

/** Begins a target's exposition. Behind it stand its labels, as JSON. */
export const targetLine = "# target ";

/** Every recorded target of every job. @throws Failure that names a file that is none. */
export async function readExpositions(folder = expositionFolder): Promise<readonly RecordedTarget[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".txt.gz")).sort();
  const targets = files.map(async (file) => {
    const path = join(folder, file);
    const job = file.slice(0, -".txt.gz".length);
    try {
      const text = `\n${await promisify(gunzip)(await readFile(path))}`;
      return text
        .split(`\n${targetLine}`)
        .slice(1)
        .map((target): RecordedTarget => {
          const end = target.indexOf("\n");
          return { job, labels: JSON.parse(target.slice(0, end)), exposition: exposition(target.slice(end + 1)) };
        });
    } catch (error) {
      throw new Failure(
        `${path} is not a recorded exposition: ${(error as Error).message}`,
        "npm run catalogue -- --expositions records it",
      );
    }
  });
  return (await Promise.all(targets)).flat();
}
