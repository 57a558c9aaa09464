import { matches } from "../../rendered/glob.js";
import type { Mounted, MountedFile } from "../../rendered/mounted.js";
import type { Finding } from "../check.js";
import { type Reference, reroot } from "./references.js";

/** The files that a configuration refers to and that its container does not mount. */
export function danglingIn(file: MountedFile, folder: string, mounted: Mounted): Finding[] {
  return reroot(file.text, folder, "")
    .references.filter((reference) => !isMounted(reference, mounted))
    .map((reference) => dangling(reference, file));
}

/** Whether a container mounts what is referred to, or only the cluster knows whether it does. */
export function isMounted(reference: Reference, mounted: Mounted): boolean {
  return isUnknown(reference.path, mounted) || [...mounted.files.keys()].some((file) => refersTo(reference, file));
}

export function refersTo({ path, pattern }: Reference, candidate: string): boolean {
  return pattern ? matches(path, candidate) : path === candidate;
}

/** Whether only the cluster knows what is at a path. */
export function isUnknown(path: string, { unknown }: Mounted): boolean {
  return unknown.some((folder) => path === folder || path.startsWith(`${folder.replace(/\/$/, "")}/`));
}

export function dangling({ field, path, pattern }: Reference, { object, key }: MountedFile): Finding {
  return {
    object,
    message: `${key}: ${field} ${path} is ${pattern ? "no file that the pod mounts" : "not mounted into the pod"}`,
    fix: `correct the path, or mount the ConfigMap, the Secret or the ServiceAccount's token that brings it${field.endsWith("_file") ? " (docs/your-applications.md: a Secret for a job)" : ""}`,
  };
}
