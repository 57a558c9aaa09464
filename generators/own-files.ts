import type { Base, ConfigFile } from "./lib/base-and-component.js";
import { configMaps } from "./prometheus/pod.js";

/** Files of the user's own, which go where those of the bundle are. */
export interface OwnFiles {
  readonly rules: readonly ConfigFile[];
  readonly scrape: readonly ConfigFile[];
}

export const noFiles: OwnFiles = { rules: [], scrape: [] };

/** The bases with these files in Prometheus' ConfigMaps, behind those that are there. */
export function withOwnFiles(bases: readonly Base[], own: OwnFiles): readonly Base[] {
  const added: Readonly<Record<string, readonly ConfigFile[]>> = {
    [configMaps.rules]: own.rules,
    [configMaps.scrape]: own.scrape,
  };
  return bases.map((base) => ({
    ...base,
    ...(base.configMaps !== undefined && {
      configMaps: base.configMaps.map((map) => ({ ...map, files: [...map.files, ...(added[map.name] ?? [])] })),
    }),
  }));
}
