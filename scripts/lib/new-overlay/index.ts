import { existsSync } from "node:fs";
import { mkdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { problems } from "../build.js";
import { runQuickChecks } from "../checks/index.js";
import { Failure } from "../failure.js";
import { root } from "../project.js";
import { render } from "../render.js";
import type { Rendered } from "../rendered/objects.js";
import { withTemporaryFolder } from "../temporary-folder.js";
import { removeScratch, scratchIn } from "../write-files.js";
import { beforeApplying } from "./before.js";
import { inOrder, type Offer } from "./components.js";
import { overlayFiles, type Plan } from "./files.js";

/** An overlay that was written. */
export interface Begun {
  readonly files: readonly string[];
  readonly before: readonly string[];
}

/**
 * Writes an overlay, once it was seen to build.
 *
 * @param overlays - the folder that it goes into.
 * @returns its files, from the root of the project, and what has to be done before it is applied.
 * @throws Failure when there is an overlay of that name, or these Components do not build together. Nothing is written then.
 */
export async function writeOverlay(plan: Plan, offer: Offer, overlays = join(root, "overlays")): Promise<Begun> {
  const folder = join(overlays, plan.name);
  requireNew(folder);
  const rendered = await requireBuilds(plan, offer);
  const files = overlayFiles(plan, offer, relative(folder, join(root, "base")));
  await removeScratch(overlays);
  const scratch = await scratchIn(overlays);
  try {
    // Whole or not at all, also where the disk is full.
    await write(join(scratch, "overlay"), files);
    requireNew(folder);
    await rename(join(scratch, "overlay"), folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return {
    files: [...files.keys()].map((path) => relative(root, join(folder, path))),
    before: beforeApplying(plan, inOrder(plan.components, offer), rendered),
  };
}

/** @throws Failure when there is an overlay in that folder. */
export function requireNew(folder: string): void {
  if (!existsSync(folder)) return;
  throw new Failure(`${relative(root, folder)} is there already`, "choose another name, or change that one by hand");
}

async function requireBuilds(plan: Plan, offer: Offer): Promise<Rendered> {
  return await withTemporaryFolder(async (folder) => {
    // Kustomize takes no absolute path.
    await write(folder, overlayFiles(plan, offer, relative(folder, await realpath(join(root, "base")))));
    const overlay = `overlays/${plan.name}`;
    const refuse = (said: string) => {
      throw new Failure(
        `these do not go together, or not without others: ${plan.components.join(", ")}\n${said}`,
        "leave one of them out, or add what it needs: base/README.md",
      );
    };
    const rendered = await render(folder).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      return refuse(error.message.replaceAll(folder, overlay));
    });
    const wrong = problems([{ overlay, findings: await runQuickChecks(rendered) }]);
    if (wrong !== "") refuse(wrong.replaceAll(folder, overlay));
    return rendered;
  });
}

async function write(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
