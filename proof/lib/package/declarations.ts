import { readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";

/**
 * A declaration file and those that it reads, directly or not.
 *
 * @param folder where the compiler put them
 * @param entry path of the first, below the folder
 * @param instead text in place of some of them, by path
 * @returns path and text of each
 * @throws Error that names a declaration which reads a package: whoever uses the library would have to have it too.
 */
export async function reachable(
  folder: string,
  entry: string,
  instead: Readonly<Record<string, string>>,
): Promise<[string, string][]> {
  const files = new Map<string, string>();
  const pending = [entry];
  for (const path of pending) {
    const text = instead[path] ?? (await readFile(join(folder, path), "utf8"));
    files.set(path, text);
    for (const [, from = ""] of text.matchAll(/(?:\bfrom |\bimport\(|^import )"([^"]+)"/gm)) {
      if (!from.startsWith(".")) throw new Error(`the library's ${path} reads the types of the package ${from}`);
      const next = normalize(join(dirname(path), from.replace(/\.js$/, ".d.ts")));
      if (!pending.includes(next)) pending.push(next);
    }
  }
  return [...files];
}
