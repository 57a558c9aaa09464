import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { NotBundled, runBundled } from "./bundled.js";
import { prepareEnvironment } from "./environment.js";

/*
 * Runs the program that is named, with what follows as its arguments. In JavaScript, since this is what runs the TypeScript.
 */

/** What users wait for runs as one file: that starts in a quarter of the time. */
const oneFile = /^scripts\/[a-z-]+\.ts$/;

const root = fileURLToPath(new URL("../..", import.meta.url));
const notInstalled = "error: the packages are not installed\ncure:  npm ci";

process.argv.splice(1, 1);
const [, program = ""] = process.argv;
prepareEnvironment();
// What npm writes last.
if (existsSync(join(root, "node_modules/.package-lock.json"))) await start();
else fail(notInstalled);

async function start() {
  try {
    if (oneFile.test(program)) return await runBundled(program);
    (await import("tsx/esm/api")).register();
    process.setSourceMapsEnabled(true);
    await import(pathToFileURL(join(root, program)).href);
  } catch (error) {
    if (isPackage(error)) fail(notInstalled);
    else if (error instanceof NotBundled || isOfTheSystem(error)) fail(`error: ${error.message}`);
    else fail(error);
  }
}

/** Whether a package is missing: one that came with a later commit. @param {unknown} error */
function isPackage(error) {
  return (
    error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND" && /package/.test(error.message)
  );
}

/** Such as a file that may not be read. @param {unknown} error @returns {error is Error} */
function isOfTheSystem(error) {
  return error instanceof Error && "syscall" in error;
}

/** @param {unknown} error */
function fail(error) {
  console.error(error);
  process.exitCode = 1;
}
