import { milliseconds } from "../generators/settings/index.js";
import { Failure, Misuse } from "./lib/failure.js";
import { addressFrom } from "./lib/prometheus.js";
import { run } from "./lib/run.js";
import { table, verify } from "./lib/verify/index.js";
import { requireWritable, writePage } from "./lib/verify/page/index.js";
import { waitingLine } from "./lib/verify/waiting-line.js";
import { whichCluster } from "./lib/which-cluster.js";

const usage = {
  command: "npm run verify -- OVERLAY",
  about:
    "Asks the cluster which targets each job should have, and compares: whether Prometheus, in the cluster or at an address, scrapes\n" +
    "all of that and nothing else.",
  takesOperands: true,
  options: {
    context: { type: "string", takes: "NAME", about: "a cluster of yours; without it the embedded one" },
    kubeconfig: { type: "string", takes: "FILE", about: "another kubeconfig" },
    prometheus: { type: "string", takes: "URL", about: "a Prometheus outside of the cluster" },
    wait: { type: "string", default: "0s", takes: "TIME", about: "how long to wait until all holds" },
    json: { type: "boolean", default: false, about: "prints the report for a program" },
    report: { type: "string", takes: "FILE", about: "writes it as a page of HTML too" },
  },
  exits: { 0: "everything holds" },
  example: "npm run verify -- overlays/devbox --context NAME --wait 120s",
} as const;

await run(usage, async ({ values: said, positionals: [overlay, ...more] }) => {
  if (overlay === undefined || more.length > 0) throw new Misuse("name one overlay to verify");
  const { context, kubeconfig, wait, json, report: file, ...values } = said;
  if (!/^(\d+(ms|[dhms]))+$/.test(wait)) {
    throw new Failure(`--wait is ${JSON.stringify(wait)}`, 'say it as Prometheus does, such as "120s" or "2m"');
  }
  const prometheus =
    values.prometheus === undefined
      ? undefined
      : addressFrom("--prometheus", values.prometheus, /^https?:\/\/[^/]+\/*$/);
  if (file !== undefined) await requireWritable(file);
  const kubectl = await whichCluster({
    ...(context !== undefined && { context }),
    ...(kubeconfig !== undefined && { kubeconfig }),
  });
  const line = waitingLine();
  const report = await verify({
    overlay,
    kubectl,
    ...(prometheus !== undefined && { prometheus }),
    waitMilliseconds: milliseconds(wait),
    onWaiting: line.show,
  }).finally(line.clear);
  console.log(json ? JSON.stringify(report, null, 2) : table(report));
  if (file !== undefined) await writePage(file, report, kubectl, prometheus);
  process.exitCode = report.ok ? 0 : 1;
});
