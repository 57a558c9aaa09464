import { readFile, writeFile } from "node:fs/promises";
import { bundleOf } from "./lib/bundle/index.js";
import { type Bill, bill, type Measured } from "./lib/cost/bill.js";
import { estimate } from "./lib/cost/estimate.js";
import { measure } from "./lib/cost/measure.js";
import { asked, usage } from "./lib/cost/options.js";
import { page, printed } from "./lib/cost/print.js";
import { allQueries } from "./lib/cost/queries.js";
import { intervalOf, told } from "./lib/cost/replay/config.js";
import { bothForms } from "./lib/cost/replay/forms.js";
import { replay } from "./lib/cost/replay/index.js";
import { mostWaste, printedReplay, wasteOfRead } from "./lib/cost/replay/report.js";
import { sectionsOf } from "./lib/cost/sections.js";
import { Failure, Misuse } from "./lib/failure.js";
import { allOverlays } from "./lib/overlays.js";
import { type PrometheusApi, prometheusAt, prometheusInPod } from "./lib/prometheus.js";
import { readExpositions } from "./lib/read-expositions.js";
import { render } from "./lib/render.js";
import { run } from "./lib/run.js";
import { projectSettings } from "./lib/settings.js";
import { running } from "./lib/verify/gather.js";
import { requireWritable, style } from "./lib/verify/page/index.js";
import { isReady, podsOf } from "./lib/verify/workload-health.js";
import { whichCluster } from "./lib/which-cluster.js";

await run(usage, async ({ values }) => {
  const { replay: replays, html, context, kubeconfig, prometheus, nodes, pods, days, ...said } = asked(values);
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
  const overlay = said.overlay ?? (await usualOverlay());
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
