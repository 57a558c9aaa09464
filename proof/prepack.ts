import { run } from "../scripts/lib/failure.js";
import { makePackage } from "./lib/package/index.js";

/** Runs before `npm pack`: makes what the package has beside base/ and overlays/. */
await run(async () => {
  // On stderr, since `npm pack --json` has stdout for itself.
  console.error(await makePackage());
});
