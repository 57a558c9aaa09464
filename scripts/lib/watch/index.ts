import type { Files } from "../../../generators/lib/lay-out.js";
import { generated } from "../generate.js";
import { readSettings } from "../settings.js";
import { requireGenerated, textsBelow, writeChanges } from "../write-files.js";
import { watchFolders } from "./folders.js";
import { type LiveGenerators, liveGenerators } from "./live-generators.js";

/** What a look at the generators gave: the files that were written or removed, or what is wrong. */
export type Look = { readonly milliseconds: number } & (
  | { readonly paths: readonly string[] }
  | { readonly error: string }
);

/** A watch that goes on until it is stopped. */
export interface Watch {
  /** Ends it, after what is being written. */
  stop(): Promise<void>;
}

/**
 * Keeps a folder what the generators give, change by change.
 *
 * @param generators - the folder of the generators; undefined: those of the package, which nobody edits
 * @param target - the folder that they write; what an earlier time generated besides goes at the start
 * @param say - called after the first look, and after each that follows a change
 * @param settings - the file of the settings
 * @param used - folders besides that the generators read
 */
export async function watchGenerators(
  generators: string | undefined,
  target: string,
  say: (look: Look) => void,
  settings: string,
  used: readonly string[] = [],
): Promise<Watch> {
  const source = generators === undefined ? ofPackage(settings) : await liveGenerators(generators, settings);
  let there: Files | undefined;
  const once = async (): Promise<Look> => {
    const began = performance.now();
    const took = () => performance.now() - began;
    try {
      const files = await source.files();
      if (there === undefined) await requireGenerated(target);
      const before = there ?? (await textsBelow(target));
      // What is there is unknown until everything was written.
      there = undefined;
      const paths = await writeChanges(target, before, files);
      there = files;
      return { milliseconds: took(), paths };
    } catch (error) {
      return { milliseconds: took(), error: error instanceof Error ? error.message : String(error) };
    }
  };
  let wanted = false;
  let running: Promise<void> | undefined;
  const look = async () => {
    while (wanted) {
      wanted = false;
      say(await once());
    }
    running = undefined;
  };
  const changed = () => {
    wanted = true;
    running ??= look();
  };
  const watcher = await watchFolders([...(generators === undefined ? [] : [generators]), ...used], [settings], changed);
  changed();
  await running;
  return {
    async stop() {
      watcher.stop();
      wanted = false;
      await running;
      await source.dispose();
    },
  };
}

/** Generators that stay as they are, with settings as they are then. */
function ofPackage(settings: string): LiveGenerators {
  return { files: async () => await generated(readSettings(settings)), dispose: async () => {} };
}
