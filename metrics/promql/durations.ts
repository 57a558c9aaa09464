import { milliseconds } from "../duration.js";

/** Length in milliseconds of what stands between the brackets of a range: `5m`, or `300` for seconds. */
export function rangeMilliseconds(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^(\d+(ms|[ywdhms]))+$/.test(trimmed)) return milliseconds(trimmed);
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) * 1000 : undefined;
}

/** Milliseconds as Prometheus writes them: `1h30m`, `45s`, `500ms`. */
export function durationText(ms: number): string {
  const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  let rest = ms;
  const parts = Object.entries(units).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.join("") || "0s";
}
