import type { CoreLoad } from "./load.js";

const bars = "▁▂▃▄▅▆▇█";

/**
 * One line for each core: its number, its load over time as bars, and its load now in percent.
 *
 * @param lines how many lines there may be; of more cores the busiest are shown, and the last line counts the others.
 */
export function chart(cores: readonly CoreLoad[], lines: number): string {
  const shown = cores.length <= lines ? cores : busiest(cores, lines - 1);
  const width = Math.max(...cores.map(({ cpu }) => cpu.length));
  const drawn = shown.map(({ cpu, values }) => {
    const percent = `${Math.round((values.at(-1) ?? 0) * 100)}`.padStart(3);
    return `cpu ${cpu.padStart(width)} ${values.map(bar).join("")} ${percent} %`;
  });
  return [...drawn, ...(shown === cores ? [] : [`and ${cores.length - shown.length} less busy cores`])].join("\n");
}

function bar(value: number | undefined): string {
  if (value === undefined) return " ";
  const highest = bars.length - 1;
  return bars[Math.min(highest, Math.max(0, Math.round(value * highest)))] ?? "";
}

function busiest(cores: readonly CoreLoad[], count: number): readonly CoreLoad[] {
  const now = ({ values }: CoreLoad) => values.at(-1) ?? 0;
  const chosen = new Set([...cores].sort((one, other) => now(other) - now(one)).slice(0, Math.max(0, count)));
  return cores.filter((core) => chosen.has(core));
}
