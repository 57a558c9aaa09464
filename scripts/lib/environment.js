import { userInfo } from "node:os";
import { isAbsolute } from "node:path";

/** Sees to the variables that other programs rely on, and that not every caller sets. */
export function prepareEnvironment() {
  setHome();
  setShellLevel();
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
