import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.js";
import { root } from "./project.js";
import { ignoreMissing } from "./write-files.js";

/** Folders of the project in which users put files of their own. */
export const ownFolders = ["rules", "scrape", "dashboards"] as const;

export type OwnFolder = (typeof ownFolders)[number];

/** Names of the files in one of them, sorted. @throws Failure where a file is in place of the folder. */
export function namesIn(folder: OwnFolder, project = root): readonly string[] {
  try {
    // Editors and desktops leave hidden files in any folder.
    return readdirSync(join(project, folder))
      .filter((name) => !name.startsWith("."))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTDIR") return ignoreMissing(error);
    throw new Failure(
      `${folder}: is a file, and has to be a folder of ${folder === "dashboards" ? ".json" : ".yml"} files`,
      "move it away",
    );
  }
}
