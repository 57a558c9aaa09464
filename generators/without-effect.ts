import { isDeepStrictEqual } from "node:util";
import { defaults, type Settings, settingsFrom } from "./settings/index.js";

/**
 * Settings that differ from the usual ones and change nothing of what is made: what was asked for would be missing
 * without a word.
 *
 * @param make gives what comes of settings
 * @param usual settings that nobody asked for
 * @returns their names, such as `thresholds.etcd.quotaRatio`
 */
export function withoutEffect(settings: Settings, make: (settings: Settings) => unknown, usual = defaults): string[] {
  const made = make(settings);
  return resets(settings, usual).flatMap(({ path, before }) =>
    isDeepStrictEqual(make(before), made) ? [path.join(".")] : [],
  );
}

/** A setting that differs from the usual one, and the settings as they were without it. */
interface Reset {
  /** Names of the blocks that it is in, and its own. */
  readonly path: readonly string[];
  readonly before: Settings;
}

/** Each setting that differs from the usual ones, without those that another setting needs. */
export function resets(settings: Settings, usual = defaults): readonly Reset[] {
  return changed(settings, usual, []).flatMap((path) => {
    const before = structuredClone(settings);
    const block = path.slice(0, -1).reduce<object>((within, name) => Reflect.get(within, name), before);
    const name = path.at(-1) ?? "";
    const value = path.reduce<object | undefined>((within, name) => Object(within)[name], usual);
    if (value === undefined) Reflect.deleteProperty(block, name);
    else Reflect.set(block, name, value);
    return isTaken(before) ? [{ path, before }] : [];
  });
}

function changed(value: object, usual: object, path: readonly string[]): string[][] {
  return Object.entries(value).flatMap(([name, one]): string[][] => {
    const other: unknown = Reflect.get(usual, name);
    if (isBlock(one) && isBlock(other)) return changed(one, other, [...path, name]);
    return isDeepStrictEqual(one, other) ? [] : [[...path, name]];
  });
}

function isBlock(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A setting that another setting needs has an effect: it allows the other one's value. */
function isTaken(settings: Settings): boolean {
  try {
    settingsFrom(settings);
    return true;
  } catch {
    return false;
  }
}
