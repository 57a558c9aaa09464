const millisecondsPer = { y: 31_536e6, w: 604_800e3, d: 86_400e3, h: 3_600e3, m: 60e3, s: 1e3, ms: 1 };

/** Length of a Prometheus duration in milliseconds. The text must be valid, as it is in settings. */
export function milliseconds(text: string): number {
  return [...text.matchAll(/(\d+)(ms|[ywdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * millisecondsPer[unit as keyof typeof millisecondsPer],
    0,
  );
}
