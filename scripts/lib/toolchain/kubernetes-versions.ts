import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../failure.js";
import type { ToolName } from "./families.js";
import { moduleFolder } from "./go.js";
import { releaseOf, requiredVersion } from "./versions.js";

export const kubernetesModule = "k8s.io/kubernetes";

/** A minor version of Kubernetes that the overlays are for. */
interface KubernetesVersion {
  /** The folder below `tools/` whose go.mod pins a release of it. */
  readonly folder: string;
  /** Its API server. Only the oldest and the newest version are asked. */
  readonly apiserver?: ToolName;
}

/** The minor versions that the overlays are for, oldest first. A new one takes a line here and a folder below `tools/`. */
export const kubernetesVersions: readonly KubernetesVersion[] = [
  { folder: "kubernetes-1.34", apiserver: "kube-apiserver-1.34" },
  { folder: "kubernetes-1.35" },
  { folder: "kubernetes-1.36" },
  { folder: "kubernetes", apiserver: "kube-apiserver" },
];

/** The release of Kubernetes that a folder below `tools/` pins: `1.37.2`. @throws Failure when it pins none. */
export async function kubernetesVersion(folder: string): Promise<string> {
  const version = requiredVersion(await readFile(join(moduleFolder(folder), "go.mod"), "utf8"), kubernetesModule);
  if (version === undefined) {
    throw new Failure(`tools/${folder}/go.mod requires no version of ${kubernetesModule}`, `require one`);
  }
  return releaseOf(kubernetesModule, version);
}
