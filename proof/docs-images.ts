import { Failure, run } from "../scripts/lib/failure.js";
import { runUvu } from "./lib/test/uvu.js";

/**
 * `npm run docs-images`: takes the pictures of docs/images anew, by the tests that look at them, on the embedded cluster.
 */
await run(async () => {
  process.env.WRITE_DOCS_IMAGES = "1";
  const { failed, problems } = await runUvu(["test/cluster/report.test.ts", "test/cluster/web-ui.test.ts"]);
  if (failed > 0) throw new Failure(["the pictures are not to be used", ...problems].join("\n"), "npm test -- live");
});
