import { isDeepStrictEqual } from "node:util";
import { components, stack } from "./index.js";
import type { Component } from "./lib/base-and-component.js";
import { objectsOf } from "./lib/objects.js";
import { defaults, type Settings } from "./settings/index.js";
import { resets } from "./without-effect.js";

/** A setting that only some Components show. */
interface ForComponents {
  /** Names of the blocks that it is in, and its own. */
  readonly path: readonly string[];
  /** Names of these Components. */
  readonly components: readonly string[];
}

/** Settings that differ from the usual ones and change nothing but Components: without one of these they change nothing. */
export function forComponents(settings: Settings, usual = defaults): readonly ForComponents[] {
  const all = resets(settings, usual);
  if (all.length === 0) return [];
  const [objects, now] = [objectsOfStack(settings), components(settings)];
  return all
    .filter(({ before }) => isDeepStrictEqual(objectsOfStack(before), objects))
    .map(({ path, before }) => ({ path, components: differing(now, components(before)) }))
    .filter(({ components }) => components.length > 0);
}

function objectsOfStack(settings: Settings): unknown {
  return stack(settings).flatMap(objectsOf);
}

/** What a Component rewrites of another one is there only with that. So it counts only where nothing else differs. */
function differing(now: readonly Component[], before: readonly Component[]): readonly string[] {
  const by = (part: (one: Component) => unknown) =>
    now.flatMap((one, index) => {
      const other = before[index];
      return other !== undefined && JSON.stringify(part(one)) === JSON.stringify(part(other)) ? [] : one.name;
    });
  const own = by(({ rewrites, ...rest }) => rest);
  return own.length > 0 ? own : by((one) => one);
}
