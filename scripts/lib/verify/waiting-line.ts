import { duration } from "../progress.js";
import { problemsOf, type Report } from "./report.js";

/** Says on stderr what a verification waits for: on a terminal one live line, else a line whenever that changes. */
interface WaitingLine {
  show(report: Report): void;
  /** Takes the live line away. */
  clear(): void;
}

export function waitingLine(
  stream: Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write"> = process.stderr,
): WaitingLine {
  const began = Date.now();
  let said = "";
  return {
    show(report) {
      const text = waitingFor(report);
      if (stream.isTTY) {
        const line = `waiting ${duration((Date.now() - began) / 1000)}  ${text}`;
        stream.write(`\r\x1b[K${line.slice(0, stream.columns - 1)}`);
      } else if (text !== said) {
        stream.write(`waiting: ${text}\n`);
      }
      said = text;
    },
    clear() {
      if (stream.isTTY && said !== "") stream.write("\r\x1b[K");
    },
  };
}

/** What there still is to wait for, in one line. */
export function waitingFor(report: Report): string {
  const problems = problemsOf(report);
  const [first] = problems;
  if (first === undefined) return `a Prometheus of ${report.overlay} to become ready`;
  const more = problems.length === 1 ? "" : ` (and ${problems.length - 1} more)`;
  return `${first.subject} is ${first.kind}: ${first.reason}${more}`;
}
