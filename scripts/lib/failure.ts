import { styleText } from "node:util";

/**
 * Something that went wrong for a reason that its reader can act on: printed without a stack trace.
 * The message names the culprit (file, setting, overlay, context); the cure says what would be right.
 */
export class Failure extends Error {
  readonly cure: string | undefined;

  constructor(message: string, cure?: string) {
    super(message);
    this.name = "Failure";
    this.cure = cure;
  }
}

/**
 * Runs a script's main function and turns what it throws into an exit code: 1 for a {@link Failure}, printed as one
 * message with its cure; 70 (EX_SOFTWARE) with the stack trace for anything else, which is a defect of the script.
 */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof Failure || isWrongArgument(error)) {
      console.error(`${styleText("red", "error:")} ${error.message}`);
      if (error instanceof Failure && error.cure !== undefined) {
        console.error(`${styleText("cyan", "cure:")}  ${error.cure}`);
      }
      process.exitCode = 1;
      return;
    }
    console.error(error);
    process.exitCode = 70;
  }
}

/** What `parseArgs` throws names the argument and says what would be right. */
function isWrongArgument(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
