#!/usr/bin/env node
import { NotBundled, runBundled } from "../../scripts/lib/bundled.js";

// Found from here and not from the working directory, which is whoever's it is that runs Kustomize.
await runBundled("scripts/lib/plugin.ts").catch((error) => {
  console.error(error instanceof NotBundled ? `plain-prometheus: ${error.message}` : error);
  process.exitCode = 1;
});
