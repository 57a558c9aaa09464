import { parseArgs } from "node:util";
import { port } from "../generators/prometheus/pod.js";
import { defaults } from "../generators/settings/index.js";
import { Failure, run } from "../scripts/lib/failure.js";
import { whichCluster } from "../scripts/lib/which-cluster.js";
import { atAddress, inCluster } from "./lib/catalogue/api.js";
import { knownJobs, type Recorded, recordCatalogues } from "./lib/catalogue/index.js";
import { withSamples } from "./lib/catalogue/samples.js";

const usage =
  "npm run catalogue -- [--job NAME ...] [--prune] [--context NAME | --kubeconfig FILE | --url ADDRESS] [--namespace NAME]";

/**
 * `npm run catalogue`: records what the targets expose into metrics/catalogue/<job>.json. In the embedded cluster it
 * adds sample objects for as long as that takes, so that metrics of failures are there too.
 */
await run(async () => {
  const { url, context, kubeconfig, namespace, job, prune } = options();
  // Before the samples, which take a while.
  knownJobs(defaults, job);
  const recording = { settings: defaults, only: job, prune };
  if (url !== undefined) return print(await recordCatalogues({ ...recording, api: atAddress(url) }));
  const kubectl = await whichCluster({
    ...(context !== undefined && { context }),
    ...(kubeconfig !== undefined && { kubeconfig }),
  });
  const work = () => recordCatalogues({ ...recording, api: inCluster(kubectl, namespace, `prometheus:${port.name}`) });
  const embedded = context === undefined && kubeconfig === undefined;
  print(embedded ? await withSamples(kubectl, work) : await work());
});

function options() {
  const values = read();
  const named = [values.url, values.context ?? values.kubeconfig].filter((value) => value !== undefined);
  if (named.length > 1) throw new Failure("--url names a Prometheus, and --context or --kubeconfig a cluster", usage);
  return values;
}

function read() {
  try {
    return parseArgs({
      options: {
        job: { type: "string", multiple: true },
        prune: { type: "boolean", default: false },
        url: { type: "string" },
        context: { type: "string" },
        kubeconfig: { type: "string" },
        namespace: { type: "string", default: defaults.namespace },
      },
    }).values;
  } catch (error) {
    throw new Failure((error as Error).message, usage);
  }
}

function print(recorded: readonly Recorded[]): void {
  for (const { job, metrics, added, removed, changed } of recorded) {
    const difference = changed ? `${added.length} new, ${removed.length} gone` : "unchanged";
    console.log(`metrics/catalogue/${job}.json: ${metrics} metrics, ${difference}`);
  }
}
