import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleVersion } from "../../generators/versions.js";
import { Failure } from "./failure.js";
import { root } from "./project.js";
import { ignoreMissing } from "./write-files.js";

/** The version that wrote a `base/`, out of the text of its kustomization.yaml; undefined where it says none. */
export function versionIn(kustomization: string): string | undefined {
  return /^# plain-prometheus (\S+)$/m.exec(kustomization)?.[1];
}

/**
 * Sees that base/ is of this version, so that another one is never taken by the way.
 *
 * @throws Failure that names both versions, and how to go on.
 */
export async function requireSameVersion(project = root): Promise<void> {
  const text = await readFile(join(project, "base/kustomization.yaml"), "utf8").catch(ignoreMissing);
  const version = versionIn(String(text));
  if (version === undefined || version === bundleVersion) return;
  throw new Failure(
    `base/ is of plain-prometheus ${version}, and ${bundleVersion} is installed`,
    `npx plain-prometheus update takes ${bundleVersion} and says what it changes; npm install takes what package-lock.json says`,
  );
}
