import { Failure } from "../scripts/lib/failure.js";
import { run } from "../scripts/lib/run.js";
import { runUvu } from "./lib/test/uvu.js";

const usage = {
  command: "npm run docs-images",
  about: "Takes the pictures of docs/images anew, by the tests that look at them, on the embedded cluster.",
  options: {},
  example: "npm run docs-images",
} as const;

await run(usage, async () => {
  process.env.WRITE_DOCS_IMAGES = "1";
  const { failed, problems } = await runUvu(["test/cluster/report.test.ts", "test/cluster/web-ui.test.ts"]);
  if (failed > 0) throw new Failure(["the pictures are not to be used", ...problems].join("\n"), "npm test -- live");
});
