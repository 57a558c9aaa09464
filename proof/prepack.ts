import { run } from "../scripts/lib/run.js";
import { makePackage } from "./lib/package/index.js";

const usage = {
  command: "npm run prepack",
  about: "Makes what the package has beside base/ and overlays/. `npm pack` runs it.",
  options: {},
  example: "npm pack",
} as const;

await run(usage, async () => {
  // On stderr, since `npm pack --json` has stdout for itself.
  console.error(await makePackage());
});
