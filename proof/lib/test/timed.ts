import { writeSync } from "node:fs";
import { test } from "uvu";
import { type Took, tookDescriptor } from "./uvu.js";

// Loaded before test files: uvu itself does not say how long a test takes.

const { run, before } = test;

// uvu does not show either what a hook before the first test throws. After that no test runs.
test.before = Object.assign(
  (hook: Parameters<typeof before>[0]) =>
    before(async (context) => {
      try {
        await hook(context);
      } catch (error) {
        console.error(error);
        throw error;
      }
    }),
  { each: before.each },
);

/** When the test began that runs, or what comes before it. */
let began = Date.now();

test.run = () => {
  const [file = ""] = callers().flatMap((name) => /(?:\/|^)(test\/[^:]+\.test\.)m?[jt]s$/.exec(name)?.[1] ?? []);
  const ended = (name: string) => {
    const took: Took = { file: `${file}ts`, test: name, seconds: (Date.now() - began) / 1000 };
    writeSync(tookDescriptor, `${JSON.stringify(took)}\n`);
    began = Date.now();
  };
  test.before(() => ended("(before)"));
  test.after.each((context) => ended((context as { __test__?: string }).__test__ ?? ""));
  test.after(() => ended("(after)"));
  run();
};

/** The files of what is running. Taken as they are: to look a place up in its source map takes longer than most tests. */
function callers(): readonly string[] {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFileName() ?? "");
  const files = new Error().stack as unknown as string[];
  Error.prepareStackTrace = prepareStackTrace;
  return files;
}
