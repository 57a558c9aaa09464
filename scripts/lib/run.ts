import { type ParseArgsConfig, parseArgs, styleText } from "node:util";
import { aligned } from "./aligned.js";
import { Failure, Misuse, refusalOf } from "./failure.js";

/** An option as `parseArgs` takes it, and what `--help` says of it. */
type Option = NonNullable<ParseArgsConfig["options"]>[string] & {
  readonly about: string;
  /** What stands for its value: `FOLDER`. */
  readonly takes?: string;
};

type Options = Readonly<Record<string, Option>>;

/** What a verb is: its arguments are read by this, and `--help` prints it. */
interface Usage<O extends Options = Options> {
  /** With what stands before the options: `npm run verify -- OVERLAY`. */
  readonly command: string;
  readonly about: string;
  /** Whether it takes more than options: what stands for that is in the command. */
  readonly takesOperands?: boolean;
  readonly options: O;
  /** What exit codes say other than 0 for well and 1 for wrong. */
  readonly exits?: Readonly<Record<number, string>>;
  readonly example: string;
}

/** What was said, as `parseArgs` gives it. */
export type Said<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>;

/**
 * Runs a script's main function with what its arguments say, unless they ask for help, and turns what it throws into an
 * exit code: 1 for a {@link Failure} and for what the system refuses, printed as one message with its cure; 70
 * (EX_SOFTWARE) with the stack trace for anything else, which is a defect of the script.
 */
export async function run<const O extends Options>(
  usage: Usage<O>,
  main: (said: Said<O>) => Promise<void>,
): Promise<void> {
  const ended = (error: unknown) => process.exit(exitCodeOf(error, usage));
  // Of what no promise waits for, such as a stream.
  process.on("uncaughtException", ended).on("unhandledRejection", ended);
  const args = process.argv.slice(2);
  if (args.some((arg) => arg === "--help" || arg === "-h")) return console.log(helpOf(usage));
  try {
    await main(read(usage, args));
  } catch (error) {
    process.exitCode = exitCodeOf(error, usage);
  }
}

/** Reads the arguments of a verb. @throws Misuse that names the wrong one. */
export function read<const O extends Options>(usage: Usage<O>, args: readonly string[]): Said<O> {
  try {
    return parseArgs({ args: [...args], options: usage.options, allowPositionals: usage.takesOperands ?? false });
  } catch (error) {
    // What Node goes on to tell is of operands that begin with a hyphen, which no verb takes.
    throw new Misuse((error as Error).message.replace(/\. To specify a positional argument .*/s, ""));
  }
}

/** Says what is wrong. */
function exitCodeOf(error: unknown, usage: Usage): number {
  // Nobody reads the output any more, as with `| head`. This is the exit code that a shell gives for SIGPIPE.
  if (error instanceof Error && "code" in error && error.code === "EPIPE") return 141;
  const failure = error instanceof Failure ? error : refusalOf(error);
  if (failure === undefined) {
    console.error(error);
    return 70;
  }
  console.error(`${styleText("red", "error:")} ${failure.message}`);
  const cure =
    failure.cure ?? (failure instanceof Misuse ? `${synopsisOf(usage)}\n       --help says more` : undefined);
  if (cure !== undefined) console.error(`${styleText("cyan", "cure:")}  ${cure}`);
  return 1;
}

function synopsisOf({ command, options }: Usage): string {
  const said = Object.entries(options).map(
    ([name, option]) => `[${flag(name, option)}]${option.multiple ? "..." : ""}`,
  );
  return [
    command,
    ...(said.length > 0 && command.startsWith("npm run ") && !command.includes(" -- ") ? ["--"] : []),
    ...said,
  ].join(" ");
}

function flag(name: string, { takes }: Option): string {
  return [`--${name}`, ...(takes === undefined ? [] : [takes])].join(" ");
}

function helpOf(usage: Usage): string {
  const options = Object.entries(usage.options).map(([name, option]) => {
    const usually = typeof option.default === "string" ? `; without it ${option.default}` : "";
    return [`  ${flag(name, option)}`, `${option.about}${usually}`];
  });
  const exits = { 0: "all is well", 1: "something is wrong, and said with its cure", ...usage.exits };
  return [
    `usage: ${synopsisOf(usage)}`,
    usage.about,
    `options:\n${aligned([...options, ["  --help", "prints this"]])}`,
    `exit codes:\n${aligned(Object.entries({ ...exits, 70: "a defect of this program" }).map(([code, says]) => [`  ${code}`, says]))}`,
    `example:\n  ${usage.example}`,
  ].join("\n\n");
}
