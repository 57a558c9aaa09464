import { createInterface } from "node:readline/promises";
import { Failure } from "../failure.js";
import { type Answers, planOf, questions } from "./choices.js";
import { bringsKubeProxy, type Offer } from "./components.js";
import type { Plan } from "./files.js";

/** Asks one question, and gives what was typed. */
export type Ask = (text: string) => Promise<string>;

/**
 * The plan of an overlay from what was said, and what is answered to the rest. An answer that cannot be is asked for again.
 *
 * @param ask absent: the rest is as it usually is
 * @throws Failure that names what was said and cannot be, before anything is asked.
 */
export async function planFrom(
  name: string,
  said: Partial<Answers>,
  offer: Offer,
  ask?: Ask,
  tell: (problem: string) => void = console.error,
): Promise<Plan> {
  const asked = questions(offer);
  // Without a platform to choose from there is no question.
  const usual = Object.fromEntries(asked.map(({ answer, usually }) => [answer, usually]));
  let answers = { platform: "other", ...usual, ...said } as Answers;
  if (ask === undefined) return planOf(name, answers, offer);
  // A volume goes with every answer that comes later.
  let open: Partial<Answers> = said.storageClass === undefined ? { storageClass: "default" } : {};
  planOf(name, { ...answers, ...open }, offer);
  for (const { answer, text, usually } of asked) {
    const isNoMatter =
      (answer === "volumeSize" && answers.storageClass === "none") ||
      (answer === "kubeProxy" && !bringsKubeProxy(offer, answers.platform));
    if (said[answer] !== undefined || isNoMatter) continue;
    if (answer === "storageClass") open = {};
    for (;;) {
      const tried = { ...answers, [answer]: (await ask(`${text} [${usually}] `)).trim() || usually };
      const problem = problemOf(() => planOf(name, { ...tried, ...open }, offer));
      if (problem === undefined) {
        answers = tried;
        break;
      }
      tell(problem);
    }
  }
  return planOf(name, answers, offer);
}

function problemOf(plan: () => Plan): string | undefined {
  try {
    plan();
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${error.message}: ${error.cure}`;
  }
}

/**
 * Asks on the terminal until `work` is done.
 *
 * @returns undefined after Ctrl-C or Ctrl-D
 */
export async function onTerminal<T>(work: (ask: Ask) => Promise<T>): Promise<T | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const isOver = new AbortController();
  const over = new Promise<undefined>((resolve) => {
    isOver.signal.addEventListener("abort", () => resolve(undefined));
  });
  for (const end of ["SIGINT", "close"]) terminal.once(end, () => isOver.abort());
  try {
    return await Promise.race([work((text) => terminal.question(text, { signal: isOver.signal })), over]);
  } finally {
    terminal.close();
  }
}
