import { chalk } from "zx";

/**
 * Runs a step that takes long enough for its user to wonder, and says so on stderr: on a terminal a live line with the
 * time that passed and what `at` was last told, else one line when it begins and one when it is done.
 *
 * @param expectedSeconds - how long it takes on two cores; left out where nobody knows.
 */
export async function step<T>(
  what: string,
  work: (at: (detail: string) => void) => Promise<T>,
  expectedSeconds?: number,
): Promise<T> {
  const began = Date.now();
  const elapsed = () => duration((Date.now() - began) / 1000);
  const about = expectedSeconds === undefined ? "" : `about ${duration(expectedSeconds)}`;
  if (!process.stderr.isTTY) {
    console.error([what, about].filter(Boolean).join(", "));
    const result = await work(() => {});
    console.error(`${what}: done in ${elapsed()}`);
    return result;
  }
  let detail = "";
  const draw = () => {
    const time = [elapsed(), about && `of ${about}`].filter(Boolean).join(" ");
    const line = [what, detail, time].filter(Boolean).join("  ");
    process.stderr.write(`\r\x1b[K${line.slice(0, process.stderr.columns - 1)}`);
  };
  draw();
  const timer = setInterval(draw, 250);
  let mark = chalk.red("✗");
  try {
    const result = await work((now) => {
      detail = now;
    });
    mark = chalk.green("✓");
    return result;
  } finally {
    clearInterval(timer);
    process.stderr.write(`\r\x1b[K${mark} ${what} ${chalk.dim(elapsed())}\n`);
  }
}

/** Seconds as people say them: `8s`, `1m 40s`, `7m`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  return whole % 60 === 0 ? `${whole / 60}m` : `${Math.floor(whole / 60)}m ${whole % 60}s`;
}
