import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { NotBundled, runBundled } from "./bundled.js";

/*
 * Runs the program that is named, with what follows as its arguments. In JavaScript, since this is what runs the TypeScript.
 */

/** What users wait for runs as one file: that starts in a quarter of the time. */
const oneFile = /^scripts\/[a-z-]+\.ts$/;

const root = fileURLToPath(new URL("../..", import.meta.url));
const notInstalled = "error: the packages are not installed\ncure:  npm ci";

process.argv.splice(1, 1);
const [, program = ""] = process.argv;
setHome();
setShellLevel();
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

/** Go, npm and kubectl look for it each by itself, and fail or write into the current folder where there is none. */
function setHome() {
  if (isAbsolute(process.env.HOME ?? "")) return;
  delete process.env.HOME;
  try {
    process.env.HOME = userInfo().homedir;
  } catch {
    // A user whom the system does not know: who needs a home says so.
  }
}

/**
 * A bash that gets a socket as its standard input, as Node gives it, takes itself for a remote login and reads the user's
 * ~/.bashrc, unless it runs within another shell: each command would wait for whatever that does.
 *
 * Source: "Invocation" in bash(1), and `run_startup_files` in its shell.c
 */
function setShellLevel() {
  if (!(Number(process.env.SHLVL) >= 1)) process.env.SHLVL = "1";
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
