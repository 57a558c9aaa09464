import { apply } from "./lib/apply.js";
import { accountOf } from "./lib/bundle/index.js";
import { cluster, imageSources } from "./lib/cluster/index.js";
import { placeOf } from "./lib/cluster/layout.js";
import { namedCluster } from "./lib/kubectl.js";
import { requireNothingTaken } from "./lib/other-overlays.js";
import { render } from "./lib/render.js";
import { hasPolicies } from "./lib/rendered/network-policy.js";
import { workloadsOf } from "./lib/rendered/workloads.js";
import { run } from "./lib/run.js";
import { upOptions, usage } from "./lib/up/options.js";
import { whereabouts } from "./lib/up/whereabouts.js";
import { table, verify } from "./lib/verify/index.js";
import { waitingLine } from "./lib/verify/waiting-line.js";

await run(usage, async ({ values }) => {
  const { overlay, context, name, ...shape } = upOptions(values);
  const place = context === undefined ? placeOf(name) : undefined;
  // First of all, so that nobody waits for a cluster when the overlay does not build.
  const rendered = await render(overlay);
  const enforcing = hasPolicies(rendered);
  const named = workloadsOf(rendered).flatMap(({ containers }) => containers.flatMap(({ image }) => image ?? []));
  const kubectl =
    context === undefined
      ? (await cluster.start({ place: placeOf(name), ...shape, enforcing, images: imageSources(named) })).kubectl
      : await namedCluster(context);
  await requireNothingTaken(rendered, kubectl);
  await apply(rendered, kubectl);
  if (accountOf(rendered.objects) !== undefined) {
    console.log(`${overlay} is applied, for a Prometheus outside: npm run outside -- ${kubectl.flags.join(" ")}`);
    return;
  }
  const line = waitingLine();
  const waiting = { waitMilliseconds: 180_000, onWaiting: line.show };
  const report = await verify({ overlay, kubectl, ...waiting }).finally(line.clear);
  console.log(table(report));
  console.log(await whereabouts(rendered, kubectl, place));
  process.exitCode = report.ok ? 0 : 1;
});
