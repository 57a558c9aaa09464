import { join, relative } from "node:path";
import { base } from "../../generators/index.js";
import type { Files } from "../../generators/lib/base.js";
import { defaults } from "../../generators/settings/index.js";
import { Failure } from "./failure.js";
import { root } from "./project.js";
import { textsBelow, writeFiles } from "./write-files.js";

const folder = join(root, "base");

/**
 * Makes base/ what the generators give. A generator that fails, or a full disk, leaves the old one as it was.
 *
 * @returns one line that says what was done
 */
export async function writeBase(target = folder, generate = generated): Promise<string> {
  const files = generate();
  await writeFiles(target, files);
  return `${relative(root, target)}/: ${files.size} files`;
}

/**
 * Compares base/ with what the generators give, byte for byte.
 *
 * @returns one line that says that they are equal
 * @throws Failure that names each file that is missing, is not generated, or differs.
 */
export async function checkBase(target = folder, generate = generated): Promise<string> {
  const files = generate();
  const there = await textsBelow(target);
  const drift = [...new Set([...files.keys(), ...there.keys()])].sort().flatMap((path) => {
    if (!there.has(path)) return [`missing: ${path}`];
    if (!files.has(path)) return [`not generated: ${path}`];
    return files.get(path) === there.get(path) ? [] : [`differs: ${path}`];
  });
  if (drift.length > 0) {
    throw new Failure(
      `base/ is not what generators/ give:\n${drift.map((line) => `  ${line}`).join("\n")}`,
      "npm run generate, and commit base/ together with generators/; base/ is never edited by hand",
    );
  }
  return `base/: ${files.size} files, no drift`;
}

function generated(): Files {
  try {
    return base(defaults);
  } catch (error) {
    throw new Failure(`a generator failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }
}
