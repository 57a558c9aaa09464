import { port } from "../generators/prometheus/pod.js";
import { Misuse } from "../scripts/lib/failure.js";
import { addressFrom, prometheusAt, prometheusBehind } from "../scripts/lib/prometheus.js";
import { run } from "../scripts/lib/run.js";
import { projectSettings } from "../scripts/lib/settings.js";
import { whichCluster } from "../scripts/lib/which-cluster.js";
import { recordExpositions } from "./lib/catalogue/expositions.js";
import { knownJobs, type Recorded, recordCatalogues } from "./lib/catalogue/index.js";
import { withSamples } from "./lib/catalogue/samples.js";
import { serviceAddress } from "./lib/queries/where.js";

const usage = {
  command: "npm run catalogue",
  about:
    "Records what the targets expose into metrics/catalogue/<job>.json. In the embedded cluster it adds sample objects for as\n" +
    "long as that takes, so that metrics of failures are there too.",
  options: {
    job: { type: "string", multiple: true, takes: "NAME", about: "this job only" },
    prune: { type: "boolean", default: false, about: "forgets what is not exposed any more" },
    expositions: {
      type: "boolean",
      default: false,
      about: "records whole expositions, for npm run cost -- --replay, and no catalogue",
    },
    url: { type: "string", takes: "ADDRESS", about: "a Prometheus in place of that in the embedded cluster" },
    context: { type: "string", takes: "NAME", about: "a cluster of yours, out of your kubeconfig" },
    kubeconfig: { type: "string", takes: "FILE", about: "another kubeconfig" },
    namespace: { type: "string", takes: "NAME", about: "where Prometheus is; without it that of the settings" },
  },
  example: "npm run catalogue -- --job node-exporter",
} as const;

await run(usage, async ({ values }) => {
  const settings = projectSettings();
  const { url, context, kubeconfig, namespace = settings.namespace, job, prune, expositions } = values;
  const named = [url, context ?? kubeconfig].filter((value) => value !== undefined);
  if (named.length > 1) throw new Misuse("--url names a Prometheus, and --context or --kubeconfig a cluster");
  if (expositions && (url ?? context ?? kubeconfig) !== undefined) {
    throw new Misuse("--expositions records the embedded cluster, and the others name another");
  }
  // Before the samples, which take a while.
  knownJobs(settings, job);
  const recording = { settings, only: job, prune };
  if (url !== undefined) {
    const patience = { cure: "name a Prometheus: --url http://localhost:9090", seconds: 120 };
    return print(await recordCatalogues({ ...recording, api: prometheusAt(addressFrom("--url", url), patience) }));
  }
  const kubectl = await whichCluster({
    ...(context !== undefined && { context }),
    ...(kubeconfig !== undefined && { kubeconfig }),
  });
  const api = prometheusBehind(kubectl, namespace, `prometheus:${port.name}`);
  if (expositions) {
    const token = (await kubectl.text(["create", "token", "prometheus", "--namespace", namespace])).trim();
    const addressOf = async (service: string) => new URL(await serviceAddress(kubectl, service, namespace)).hostname;
    const jobs = [...knownJobs(settings, job).keys()];
    const recorded = await withSamples(kubectl, () => recordExpositions(api, jobs, token, addressOf));
    for (const { job, targets, samples, bytes } of recorded) {
      console.log(`metrics/expositions/${job}.txt.gz: ${targets} targets, ${samples} samples, ${bytes} bytes`);
    }
    return;
  }
  const work = () => recordCatalogues({ ...recording, api });
  const embedded = context === undefined && kubeconfig === undefined;
  print(embedded ? await withSamples(kubectl, work) : await work());
});

function print(recorded: readonly Recorded[]): void {
  for (const { job, metrics, added, removed, changed } of recorded) {
    const difference = changed ? `${added.length} new, ${removed.length} gone` : "unchanged";
    console.log(`metrics/catalogue/${job}.json: ${metrics} metrics, ${difference}`);
  }
}
