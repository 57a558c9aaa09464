import { readFile, writeFile } from "node:fs/promises";
import { bundleOf } from "./lib/bundle/index.js";
import { type Bill, bill, type Measured } from "./lib/cost/bill.js";
import { estimate } from "./lib/cost/estimate.js";
import { measure } from "./lib/cost/measure.js";
import { page, printed } from "./lib/cost/print.js";
import { allQueries } from "./lib/cost/queries.js";
import { intervalOf, told } from "./lib/cost/replay/config.js";
import { bothForms } from "./lib/cost/replay/forms.js";
import { replay } from "./lib/cost/replay/index.js";
import { mostWaste, printedReplay, wasteOfRead } from "./lib/cost/replay/report.js";
import { sectionsOf } from "./lib/cost/sections.js";
import { Failure, Misuse } from "./lib/failure.js";
import { allOverlays } from "./lib/overlays.js";
import { isPackage } from "./lib/project.js";
import { addressFrom, type PrometheusApi, prometheusAt, prometheusInPod } from "./lib/prometheus.js";
import { readExpositions } from "./lib/read-expositions.js";
import { render } from "./lib/render.js";
import { run } from "./lib/run.js";
import { projectSettings } from "./lib/settings.js";
import { running } from "./lib/verify/gather.js";
import { requireWritable, style } from "./lib/verify/page/index.js";
import { isReady, podsOf } from "./lib/verify/workload-health.js";
import { whichCluster } from "./lib/which-cluster.js";

const usage = {
  command: "npm run cost",
  about:
    "Shows what monitoring costs: series and bytes of each job, and which of them rules and dashboards read. With --replay it plays\n" +
    "recorded targets to two Prometheus, one with everything and one with lean and native-histograms, and fails when a query\n" +
    "does not give the same in both.",
  options: {
    overlay: {
      type: "string",
      takes: "FOLDER",
      about: "what the cluster runs; without it overlays/devbox, or the only one",
    },
    context: { type: "string", takes: "NAME", about: "a cluster of yours; without it the embedded one" },
    kubeconfig: { type: "string", takes: "FILE", about: "another kubeconfig" },
    prometheus: { type: "string", takes: "URL", about: "a Prometheus that answers here" },
    replay: { type: "boolean", default: false, about: "needs no cluster, and takes about two minutes" },
    html: { type: "string", takes: "FILE", about: "writes the bill as a page of HTML too" },
    nodes: { type: "string", takes: "N", about: "of the cluster to estimate; without it those that there are" },
    pods: { type: "string", takes: "P", about: "of the cluster to estimate; without it those that there are" },
    days: { type: "string", default: "15", takes: "D", about: "for which samples are kept" },
  },
  exits: { 0: "the bill is there, and with --replay nothing is lost" },
  example: "npm run cost -- --context NAME --overlay overlays/prod --nodes 100 --pods 3000",
} as const;

await run(usage, async ({ values }) => {
  const { replay: replays, html, context, kubeconfig } = values;
  if (replays && isPackage) {
    throw new Failure("what --replay plays is not in the package", "run it in a clone of plain-prometheus");
  }
  const said = (...options: (keyof typeof values)[]) => options.find((option) => values[option] !== undefined);
  const live = said("overlay", "context", "kubeconfig", "prometheus");
  if (replays && live !== undefined) {
    throw new Misuse(`--replay asks recorded targets, and --${live} is about what runs: leave one out`);
  }
  const cluster = said("context", "kubeconfig");
  if (values.prometheus !== undefined && cluster !== undefined) {
    throw new Misuse(`--prometheus is asked at its address, and --${cluster} names a cluster: leave one out`);
  }
  const prometheus = values.prometheus === undefined ? undefined : addressFrom("--prometheus", values.prometheus);
  const [nodes, pods, days] = [
    whole("--nodes", values.nodes),
    whole("--pods", values.pods),
    whole("--days", values.days),
  ];
  if (html !== undefined) await requireWritable(html, "--html", "npm run cost -- --html cost.html");
  const show = async (name: string, measured: Measured, found: Bill) => {
    const size = { nodes: nodes ?? measured.nodes, pods: pods ?? measured.pods, days: days ?? 15 };
    const sections = sectionsOf(found, measured, estimate(measured, size));
    console.log(printed(sections));
    if (html === undefined) return;
    await writeFile(html, page(name, sections, Math.floor(Date.now() / 1000), await readFile(style, "utf8")));
  };
  if (replays) {
    const forms = await bothForms();
    const queries = allQueries(forms.lean, projectSettings());
    const { replayed, seen: played } = await replay(forms, await readExpositions(), ({ lean }, end) =>
      measure(lean, queries, end),
    );
    const jobs = played.jobs
      .filter(({ job }) => job !== told)
      .map((job) => ({ ...job, intervalSeconds: intervalOf(forms.lean, job.job) }));
    const seen = { ...played, jobs };
    const found = bill(seen, queries);
    await show("recorded targets", seen, found);
    const waste = wasteOfRead(found);
    console.log(`\n${printedReplay(replayed, waste)}`);
    if (replayed.differences.length > 0 || waste > mostWaste) process.exitCode = 1;
    return;
  }
  const overlay = values.overlay ?? (await usualOverlay());
  const rendered = await render(overlay);
  const queries = allQueries(rendered, projectSettings());
  const measured = await measure(await apiOf(), queries);
  await show(overlay, measured, bill(measured, queries));

  async function apiOf(): Promise<PrometheusApi> {
    if (prometheus !== undefined)
      return prometheusAt(prometheus, { cure: "say where it listens: --prometheus http://HOST:PORT" });
    const kubectl = await whichCluster({
      ...(context !== undefined && { context }),
      ...(kubeconfig !== undefined && { kubeconfig }),
    });
    const { prometheus: there } = bundleOf(rendered, kubectl.lacks);
    const { pods } = await running(kubectl, [there.namespace]);
    const ready = podsOf(there, pods).find(isReady);
    if (ready === undefined) {
      throw new Failure(`no Prometheus of ${overlay} is ready`, `npm run verify -- ${overlay} says why`);
    }
    return prometheusInPod(kubectl, there.namespace, ready.metadata?.name ?? "", there.port);
  }
});

async function usualOverlay(): Promise<string> {
  const overlays = await allOverlays();
  const usual = overlays.length === 1 ? overlays[0] : overlays.find((overlay) => overlay === "overlays/devbox");
  if (usual === undefined) throw new Misuse(`say which overlay the cluster runs: --overlay ${overlays.join(" or ")}`);
  return usual;
}

function whole(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Failure(`${option} is ${JSON.stringify(text)}`, "a whole number of at least 1, such as 100");
}
