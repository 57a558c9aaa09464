import type { RelabelStep } from "../../../metrics/relabelling.js";

/** The part of a job's targets that it scrapes: those whose hash has this remainder. */
export interface Share {
  readonly modulus: number;
  readonly kept: string;
}

/** What a job scrapes of its targets; undefined for one that scrapes all of them. */
export function shareOf(steps: readonly RelabelStep[]): Share | undefined {
  const modulus = steps.find(isHash)?.modulus;
  const keep = steps.find((step) => keepsShare(step, steps));
  return modulus === undefined || keep === undefined ? undefined : { modulus, kept: `${keep.regex}` };
}

/** The steps of a job without those that leave targets to others that share them. */
export function withoutShares(steps: readonly RelabelStep[]): readonly RelabelStep[] {
  return steps.filter((step) => !keepsShare(step, steps));
}

function isHash({ action }: RelabelStep): boolean {
  return action?.toLowerCase() === "hashmod";
}

function keepsShare({ action, source_labels = [] }: RelabelStep, steps: readonly RelabelStep[]): boolean {
  const [label, ...others] = source_labels;
  const hashed = steps.filter(isHash).map(({ target_label }) => target_label);
  return action?.toLowerCase() === "keep" && others.length === 0 && hashed.includes(label);
}
