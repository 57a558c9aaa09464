import { type Browser, chromium } from "playwright-core";
import { findCommand, provide } from "../../../scripts/lib/debian.js";

/** Headless Chromium, Debian's own: installed when it is missing. The caller closes it. */
export async function browser(): Promise<Browser> {
  await provide([{ file: "chromium", package: "chromium" }], "the test of the web UI");
  return await chromium.launch({
    executablePath: findCommand("chromium") ?? "chromium",
    // Root cannot have Chromium's sandbox; the rest keeps the browser from calling home.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
