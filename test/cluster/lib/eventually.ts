import { waitFor } from "../../../scripts/lib/wait.js";

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
  const seconds = milliseconds / 1000;
  let problem = "";
  const holds = async () => {
    try {
      problem = "";
      return await condition();
    } catch (error) {
      problem = `; last error: ${error instanceof Error ? error.message : error}`;
      return false;
    }
  };
  const otherwise = () => new Error(`waited ${seconds} s for ${what}${problem}`);
  await waitFor(holds, { seconds, pauseMilliseconds: 1000, otherwise });
}
