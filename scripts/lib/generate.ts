import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { base } from "../../generators/index.js";
import { jsonSchema, jsonSchemaFile } from "../../generators/json-schema.js";
import type { Files } from "../../generators/lib/lay-out.js";
import { Failure } from "./failure.js";
import { withFiles } from "./lean-files.js";
import { ownFiles } from "./own-files.js";
import { root } from "./project.js";
import { projectSettings } from "./settings.js";
import { ignoreMissing, replaceFile, textsBelow, writeFiles } from "./write-files.js";

/**
 * Makes base/ what the generators give, and the file by which editors check settings.yaml. A generator that fails, or a full
 * disk, leaves the old base/ as it was.
 *
 * @returns one line that says what was done
 */
export async function writeBase(
  project = root,
  generate: () => Files | Promise<Files> = () => generated(undefined, project),
): Promise<string> {
  const files = await generate();
  await writeFiles(join(project, "base"), files);
  await replaceFile(join(project, jsonSchemaFile), jsonSchema());
  return `base/: ${files.size} files`;
}

/**
 * Compares what is there with what the generators give, byte for byte.
 *
 * @returns one line that says that they are equal
 * @throws Failure that names each file that is missing, is not generated, or differs.
 */
export async function checkBase(
  project = root,
  generate: () => Files | Promise<Files> = () => generated(undefined, project),
): Promise<string> {
  const files = await generate();
  const there = await textsBelow(join(project, "base"));
  const drift = [...new Set([...files.keys(), ...there.keys()])].sort().flatMap((path) => {
    if (!there.has(path)) return [`missing: base/${path}`];
    if (!files.has(path)) return [`not generated: base/${path}`];
    return files.get(path) === there.get(path) ? [] : [`differs: base/${path}`];
  });
  const text = await readFile(join(project, jsonSchemaFile), "utf8").catch(ignoreMissing);
  if (text !== jsonSchema()) drift.push(`differs: ${jsonSchemaFile}`);
  if (drift.length > 0) {
    throw new Failure(
      `generated files are not what generators/ and settings.yaml give:\n${drift.map((line) => `  ${line}`).join("\n")}`,
      "npm run generate, and commit it together with generators/ and settings.yaml; generated files are never edited by hand",
    );
  }
  return `base/: ${files.size} files, no drift`;
}

/**
 * What the generators give.
 *
 * @param read - default: settings.yaml as it was when it was first asked for
 * @param project - where the user's own files are
 * @throws Failure that names the file and the line, where something of the user's is wrong.
 */
export async function generated(read = projectSettings(), project = root): Promise<Files> {
  const files = ownFiles(read, project);
  const settings = await withFiles(read, project);
  try {
    return base(settings, [], files);
  } catch (error) {
    throw new Failure(`a generator failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }
}
