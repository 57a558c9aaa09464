import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobCatalogue } from "../../metrics/catalogue/types.js";
import { Failure } from "./failure.js";
import { product } from "./project.js";
import { replaceFile } from "./write-files.js";

const folder = join(product, "metrics/catalogue");

/** Every recorded job, by its name. @throws Failure that names a file that is not JSON. */
export async function readCatalogues(from = folder): Promise<ReadonlyMap<string, JobCatalogue>> {
  const files = (await readdir(from)).filter((name) => name.endsWith(".json")).sort();
  return new Map(
    await Promise.all(
      files.map(async (file): Promise<[string, JobCatalogue]> => {
        const path = join(from, file);
        try {
          return [file.slice(0, -".json".length), JSON.parse(await readFile(path, "utf8")) as JobCatalogue];
        } catch (error) {
          throw new Failure(`${path} is not a catalogue: ${(error as Error).message}`, "npm run catalogue writes it");
        }
      }),
    ),
  );
}

/** Writes the catalogue of one job; what was there stays when that fails. */
export async function writeCatalogue(job: string, catalogue: JobCatalogue, to = folder): Promise<void> {
  await replaceFile(join(to, `${job}.json`), catalogueText(catalogue));
}

/** One metric a block and one label a line, so that a diff reads as what changed. */
export function catalogueText(catalogue: JobCatalogue): string {
  const blocks = Object.entries(catalogue).map(([name, { labels, ...metric }]) => {
    const fields = Object.entries(metric).map(
      ([field, value]) => `    ${JSON.stringify(field)}: ${JSON.stringify(value)}`,
    );
    const lines = Object.entries(labels).map(
      ([label, values]) => `      ${JSON.stringify(label)}: ${JSON.stringify(values)}`,
    );
    const inner = lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n    }`;
    return `  ${JSON.stringify(name)}: {\n${[...fields, `    "labels": ${inner}`].join(",\n")}\n  }`;
  });
  return `{\n${blocks.join(",\n")}\n}\n`;
}
