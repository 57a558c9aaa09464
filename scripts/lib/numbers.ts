/** A count as people read it: `1,234,567`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** A share of 1 as `37 %`. */
export function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes in the largest unit that leaves at least one of it: `1.5 GiB`. */
export function bytes(value: number): string {
  const size = Math.abs(value);
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  const scaled = value / 1024 ** power;
  return `${Math.abs(scaled) >= 100 || power === 0 ? Math.round(scaled) : Number(scaled.toFixed(1))} ${units[power]}`;
}

/** Seconds as `850 ms` or `1.3 s`. */
export function seconds(value: number): string {
  return value < 1 ? `${Number((value * 1000).toPrecision(2))} ms` : `${Number(value.toPrecision(2))} s`;
}
