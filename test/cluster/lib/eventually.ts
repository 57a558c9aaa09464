import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until a condition holds. Generous on purpose: a live test is about what happens, not about how fast.
 *
 * @throws Error that says what was waited for, and the last error of the condition if it threw.
 */
export async function eventually(
  what: string,
  condition: () => Promise<boolean>,
  milliseconds = 180_000,
): Promise<void> {
  const end = Date.now() + milliseconds;
  let problem = "";
  while (Date.now() < end) {
    try {
      if (await condition()) return;
      problem = "";
    } catch (error) {
      problem = `; last error: ${error instanceof Error ? error.message : error}`;
    }
    await sleep(1000);
  }
  throw new Error(`waited ${milliseconds / 1000} s for ${what}${problem}`);
}
