import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../failure.js";
import { product } from "../project.js";
import { type FamilyName, family } from "./families.js";

/** The version that a go.mod requires a module in, as its go.mod writes it (`v1.37.2`). */
export function requiredVersion(goMod: string, module: string): string | undefined {
  for (const line of goMod.split("\n")) {
    const [path, version] = line
      .trim()
      .replace(/^require /, "")
      .split(/\s+/);
    if (path === module && version?.startsWith("v")) return version;
  }
  return undefined;
}

/**
 * The version that a project gave the release that a Go module version stands for, without `v`. Prometheus 3.16.0 is
 * module version v0.316.0: its releases follow no Go compatibility promise.
 * Source: https://github.com/prometheus/prometheus/blob/main/RELEASE.md
 */
export function releaseOf(module: string, version: string): string {
  const plain = version.replace(/^v/, "").replace(/\+incompatible$/, "");
  if (module !== "github.com/prometheus/prometheus") return plain;
  const [, minor = "", patch = ""] = plain.split(".");
  return `${minor.slice(0, 1)}.${Number(minor.slice(1))}.${patch}`;
}

/** The release that a family's go.mod pins, without `v`: `1.37.2`. */
export async function pinnedVersion(name: FamilyName): Promise<string> {
  const { folder, module } = family(name);
  if (module === undefined) return "1.0.0";
  const path = join("tools", folder, "go.mod");
  const version = requiredVersion(await readFile(join(product, path), "utf8"), module);
  if (version === undefined) throw new Failure(`${path} requires no version of ${module}`, `go get ${module}@vX.Y.Z`);
  return releaseOf(module, version);
}
