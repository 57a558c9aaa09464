import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bothForms } from "../scripts/lib/cost/replay/forms.js";
import { Failure } from "../scripts/lib/failure.js";
import { step } from "../scripts/lib/progress.js";
import { root } from "../scripts/lib/project.js";
import { render } from "../scripts/lib/render.js";
import { run } from "../scripts/lib/run.js";
import { projectSettings } from "../scripts/lib/settings.js";
import { withTemporaryFolder } from "../scripts/lib/temporary-folder.js";
import { toolchain } from "../scripts/lib/toolchain/index.js";
import { inStep, likeness, likenessLines } from "./lib/bench-cost/alike.js";
import { type Contestant, contest } from "./lib/bench-cost/contest.js";
import { ours, theirs } from "./lib/bench-cost/contestants.js";
import { notHad, peerJobs, peerRules } from "./lib/bench-cost/kube-prometheus.js";
import { podCount, withPods } from "./lib/bench-cost/pods.js";
import { costPlot, costTable, missedGoals } from "./lib/bench-cost/report.js";
import { stackCost, stackTable } from "./lib/bench-cost/stack.js";
import { writeSection } from "./lib/docs/section.js";
import { embeddedCluster, livePrometheus, serviceAddress } from "./lib/queries/where.js";

const file = "docs/cost.md";
const overlays = ["overlays/devbox", "overlays/prod"];

const usage = {
  command: "npm run bench:cost",
  about:
    `Runs Prometheus side by side on the targets of the embedded cluster, with ${podCount} more pods: overlays/devbox, overlays/prod,\n` +
    "and what kube-prometheus scrapes. Two more, everything as it is and with lean and native-histograms, are asked for everything that\n" +
    "rules and dashboards ask. Nothing is red when something is dear.",
  options: {
    seconds: { type: "string", default: "180", takes: "N", about: "how long is measured" },
    "kube-prometheus": { type: "string", takes: "FOLDER", about: "a checkout, whose rules are evaluated then" },
    stack: {
      type: "string",
      takes: "OVERLAY",
      about: "measures no more than that stack as a whole: removes it from the cluster and applies it anew",
    },
    write: { type: "boolean", default: false, about: "writes docs/cost.md and its plot" },
  },
  exits: { 0: "both forms give series for the same queries" },
  example: "npm run bench:cost -- --seconds 60",
} as const;

await run(usage, async ({ values: { seconds, stack, write, "kube-prometheus": checkout } }) => {
  if (!/^[1-9]\d*$/.test(seconds)) throw new Failure(`--seconds is ${seconds}`, "a whole number, such as 180");
  const groups = checkout === undefined ? [] : await peerRules(checkout);
  const { kubectl } = await embeddedCluster();
  const versions = `${new Date().toISOString().slice(0, 10)}, Kubernetes ${await toolchain.version("kube-apiserver")}, Prometheus ${await toolchain.version("prometheus")}`;
  if (stack !== undefined) {
    const text = `${versions}, ${stack}:\n\n${stackTable(await stackCost(await render(stack), kubectl))}`;
    console.log(text);
    const command = `npm run bench:cost -- --stack ${stack} --write`;
    if (write) console.log(await writeSection({ file, name: "stack", command, text }));
    return;
  }
  const { namespace } = projectSettings();
  const live = await livePrometheus(kubectl, namespace);
  await withTemporaryFolder(async (folder) => {
    const tokenFile = join(folder, "token");
    const token = await kubectl.text(["create", "token", "prometheus", "--namespace", namespace, "--duration=1h"]);
    await writeFile(tokenFile, token.trim(), { mode: 0o600 });
    const { costs, alike, absent } = await withPods(kubectl, async () => {
      const active = await live.targets();
      const addressOf = async (service: string) => new URL(await serviceAddress(kubectl, service, namespace)).hostname;
      const targets = { active, tokenFile, addressOf };
      const all = [
        ...(await Promise.all(overlays.map(async (overlay) => await ours(overlay, await render(overlay), targets)))),
        await theirs(groups, targets),
      ];
      const forms = await bothForms();
      const full = inStep(await ours("everything as it is", forms.full, targets));
      const lean = inStep(await ours("everything with lean and native-histograms", forms.lean, targets));
      const { costs: ofEach, seen: alike } = await step(
        `measuring ${all.length + 2} Prometheus`,
        () =>
          contest([...all, full, lean], folder, Number(seconds), async (apis) => {
            const asked = ({ name, queries }: Contestant) => ({ queries, api: apis.get(name) ?? live });
            const now = Math.floor(Date.now() / 1000);
            return await likeness(asked(full), asked(lean), [now - 10, now - 20, now - 30]);
          }),
        120 + Number(seconds),
      );
      const costs = ofEach.filter(({ name }) => all.some((one) => one.name === name));
      const pools = new Set(active.map(({ scrapePool }) => scrapePool));
      return { costs, alike, absent: peerJobs.filter(({ as }) => !pools.has(as)).map(({ as }) => as) };
    });
    const lines = [
      `${versions}, ${podCount} pods beside the cluster's own, ${seconds} s after a minute; in brackets: how many times as much as kube-prometheus.`,
      "",
      costTable(costs),
      "",
      likenessLines(alike).join("\n"),
      "",
      ...["Goals that are not met:", "", ...missedGoals(costs).map((line) => `- ${line}`)],
      "",
      "Not had of kube-prometheus:",
      "",
      ...[
        ...notHad,
        ...(groups.length === 0
          ? [
              "its rules (--kube-prometheus FOLDER brings them): they cost nothing here, and nobody knows what they read",
            ]
          : []),
        ...(absent.length === 0
          ? []
          : [`jobs whose targets the cluster's Prometheus does not scrape: ${absent.join(", ")}`]),
      ].map((line) => `- ${line}`),
    ];
    console.log(lines.join("\n"));
    if (alike.unlike.some(({ lost }) => lost)) process.exitCode = 1;
    if (!write) return;
    const command = "npm run bench:cost -- --write";
    console.log(await writeSection({ file, name: "bench", command, text: lines.join("\n") }));
    await writeFile(join(root, "docs/images/cost.svg"), costPlot(costs));
  });
});
