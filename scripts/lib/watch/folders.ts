import { type FSWatcher, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ignoreMissing } from "../write-files.js";

/** Milliseconds of quiet after which a change counts as one: editors write a file in several steps. */
const quiet = 10;

/** What looks for changes, until it is told to stop. */
interface Watcher {
  stop(): void;
}

/**
 * Calls back after every change of some files and below some folders, in folders that come later too. Each folder is watched by itself: watching
 * a file loses it as soon as an editor puts another in its place.
 */
export async function watchFolders(
  folders: readonly string[],
  files: readonly string[],
  changed: () => void,
): Promise<Watcher> {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const found = new Set((await Promise.all(folders.map(foldersBelow))).flat());
    for (const path of found) {
      if (!watchers.has(path))
        watchers.set(
          path,
          watch(path, later).on("error", () => forget(path)),
        );
    }
    for (const path of watchers.keys()) if (!found.has(path)) forget(path);
  };
  const forget = (path: string) => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look().then(changed), quiet);
  };
  const ofFiles = files.map((file) => watch(dirname(file), (_, name) => name === basename(file) && later()));
  await look();
  return {
    stop() {
      clearTimeout(timer);
      for (const path of [...watchers.keys()]) forget(path);
      for (const watcher of ofFiles) watcher.close();
    },
  };
}

async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    // It went away while it was read. That is a change too, with an event of its own.
    ignoreMissing(error);
    return [];
  });
  return [folder, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))];
}
