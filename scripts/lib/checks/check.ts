import type { Rendered } from "../rendered/objects.js";
import type { ToolName } from "../toolchain/index.js";

/** One thing that is wrong with what an overlay renders. */
export interface Finding {
  /** Kind, namespace and name. */
  readonly object: string;
  /** What is wrong, with the value that is. */
  readonly message: string;
  /** What would be right. */
  readonly fix: string;
}

/** What two pods or two forms of rules read of one file is wrong once. */
export function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/** One question that is asked of everything that an overlay renders. */
export interface Check {
  /** As the table of `npm run build` shows it. */
  readonly name: string;
  /** What must have found nothing before: this one relies on what those look at. */
  readonly after?: readonly Check[];
  /** The program that it runs, which may have to be built first. */
  readonly program?: ToolName;
  run(rendered: Rendered): Promise<readonly Finding[]>;
  /** What it cannot look at of this overlay, one sentence each. */
  unlooked?(rendered: Rendered): Promise<readonly string[]>;
}
