import type { Base, ConfigFile } from "./lib/base-and-component.js";
import { configMaps } from "./prometheus/pod.js";

/** Files of the user's own, which go where those of the bundle are. */
export interface OwnFiles {
  readonly rules: readonly ConfigFile[];
  readonly scrape: readonly ConfigFile[];
  /** Each the JSON of one dashboard, for `components/grafana`. */
  readonly dashboards: readonly ConfigFile[];
}

export const noFiles: OwnFiles = { rules: [], scrape: [], dashboards: [] };

/** The bases with these rules and jobs in Prometheus' ConfigMaps, behind those that are there. */
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
