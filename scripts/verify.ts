import { parseArgs } from "node:util";
import { milliseconds } from "../generators/settings/index.js";
import { Failure, run } from "./lib/failure.js";
import { table, verify } from "./lib/verify/index.js";
import { requireWritable, writePage } from "./lib/verify/page/index.js";
import { waitingLine } from "./lib/verify/waiting-line.js";
import { whichCluster } from "./lib/which-cluster.js";

/**
 * `npm run verify -- OVERLAY [--context NAME] [--kubeconfig FILE] [--prometheus URL] [--wait 120s] [--json] [--report FILE]`:
 * whether Prometheus, in the cluster or at that address, scrapes all that the cluster has and nothing else; the report goes
 * to a page of HTML too, if named. Exits with 0 only when everything holds.
 */
await run(async () => {
  const { overlay, context, kubeconfig, wait, json, report: file, ...values } = options();
  const prometheus = values.prometheus === undefined ? undefined : addressFrom(values.prometheus);
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

function options() {
  const { values, positionals } = read();
  const [overlay, ...more] = positionals;
  if (overlay === undefined || more.length > 0) {
    throw new Failure("name one overlay to verify", "npm run verify -- overlays/devbox");
  }
  if (!/^(\d+(ms|[dhms]))+$/.test(values.wait)) {
    throw new Failure(`--wait is ${JSON.stringify(values.wait)}`, 'say it as Prometheus does, such as "120s" or "2m"');
  }
  return { ...values, overlay };
}

function addressFrom(url: string): string {
  if (/^https?:\/\/[^/]+\/*$/.test(url) && URL.canParse(url)) return url.replace(/\/+$/, "");
  throw new Failure(
    `--prometheus is ${JSON.stringify(url)}`,
    "say where it listens, scheme and port included: http://127.0.0.1:9090",
  );
}

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        context: { type: "string" },
        kubeconfig: { type: "string" },
        prometheus: { type: "string" },
        wait: { type: "string", default: "0s" },
        json: { type: "boolean", default: false },
        report: { type: "string" },
      },
    });
  } catch (error) {
    throw new Failure(
      (error as Error).message,
      "npm run verify -- OVERLAY [--context NAME] [--kubeconfig FILE] [--prometheus URL] [--wait 120s] [--json] [--report FILE]",
    );
  }
}
