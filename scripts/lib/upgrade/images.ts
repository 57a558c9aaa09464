import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** An image whose version is not the same. */
export interface ImageChange {
  readonly repository: string;
  /** Tags, with digests where they have one; null where the image is new. */
  readonly old: string | null;
  /** null where the image is gone. */
  readonly new: string | null;
}

/** The version of every image that manifests below these folders name, those of Components that no overlay lists included. */
export async function imagesBelow(tree: string, folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, Set<string>>();
  for (const folder of folders) {
    for (const entry of await readdir(join(tree, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.ya?ml$/.test(entry.name)) continue;
      const text = await readFile(join(entry.parentPath, entry.name), "utf8");
      for (const [, repository = "", version = ""] of text.matchAll(imagePattern)) {
        versions.set(repository, (versions.get(repository) ?? new Set()).add(version));
      }
    }
  }
  return new Map([...versions].map(([repository, found]) => [repository, [...found].sort().join(", ")]));
}

/** `image: quay.io/prometheus/prometheus:v3.16.0`, with or without quotes; the port of a registry is before a slash. */
const imagePattern = /^[\s-]*image:\s*["']?([^\s"']+?):([\w][^\s"':/]*(?:@sha256:[0-9a-f]{64})?)["']?\s*$/gm;

/** The images whose version changed, in the order of their names. */
export function changedImages(old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): ImageChange[] {
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((repository) => ({ repository, old: old.get(repository) ?? null, new: now.get(repository) ?? null }))
    .filter((change) => change.old !== change.new);
}
