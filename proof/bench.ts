import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../scripts/lib/failure.js";
import { root } from "../scripts/lib/project.js";
import { run } from "../scripts/lib/run.js";
import { type Candidate, rounds, table } from "./lib/bench.js";
import { presentPeers, ratios } from "./lib/peers.js";

const check = ["scripts/generate.ts", "--check"] as const;

/** The first is what the others are compared with. */
const candidates: readonly Candidate[] = [
  { name: "generate, each module by itself", command: ["node", "--import", "tsx", ...check] },
  { name: "generate, no bundle yet", command: ["node", "scripts/run.js", ...check], before: withoutBundle },
  { name: "generate, bundle kept", command: ["node", "scripts/run.js", ...check] },
  { name: "npm run generate", command: ["npm", "run", "-s", "generate", "--", "--check"] },
  { name: "npm run build", command: ["npm", "run", "-s", "build"] },
  { name: "npm run test:unit", command: ["npm", "run", "-s", "test:unit"] },
];

const usage = {
  command: "npm run bench",
  about:
    "How long the verbs take that one waits for, and how long others take to render the same. Times of a busy machine say\n" +
    "little, the ratios within one run say more. Nothing is red when something is slow.",
  options: {
    rounds: { type: "string", default: "5", takes: "N", about: "how often each is run" },
    "kube-prometheus": { type: "string", takes: "FOLDER", about: "a checkout to compare with" },
    "kube-prometheus-stack": { type: "string", takes: "FOLDER", about: "a checkout to compare with" },
  },
  example: "npm run bench -- --rounds 3",
} as const;

await run(usage, async ({ values }) => {
  const count = Number(values.rounds);
  if (!Number.isInteger(count) || count < 1) {
    throw new Failure(`--rounds is ${values.rounds}`, "a whole number of at least 1, such as 5");
  }
  const { present, absent } = await presentPeers(values);
  const runs = await rounds([...candidates, ...present], count);
  console.log([table(runs), ...ratios(runs, present, "npm run generate"), ...absent].join("\n"));
});

async function withoutBundle(): Promise<void> {
  await rm(join(root, "node_modules/.cache/plain-prometheus"), { recursive: true, force: true });
}
