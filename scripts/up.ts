import { apply } from "./lib/apply.js";
import { accountOf } from "./lib/bundle/index.js";
import { cluster, imageSources } from "./lib/cluster/index.js";
import { run } from "./lib/failure.js";
import { namedCluster } from "./lib/kubectl.js";
import { render } from "./lib/render.js";
import { upOptions } from "./lib/up/options.js";
import { whereabouts } from "./lib/up/whereabouts.js";
import { table, verify } from "./lib/verify/index.js";
import { waitingLine } from "./lib/verify/waiting-line.js";

/**
 * `npm run up`: starts the embedded cluster, or takes the one that the user names; applies an overlay to it and
 * verifies it. Exits with 0 only when every target of every job is up.
 */
await run(async () => {
  const { overlay, context, ...shape } = upOptions(process.argv.slice(2));
  // Before anything is started: an overlay that does not build is no reason to wait for a cluster.
  const rendered = await render(overlay);
  const kubectl =
    context === undefined
      ? (await cluster.start({ ...shape, images: imageSources })).kubectl
      : await namedCluster(context);
  await apply(rendered, kubectl);
  if (accountOf(rendered.objects) !== undefined) {
    console.log(`${overlay} is applied, for a Prometheus outside: npm run outside -- ${kubectl.flags.join(" ")}`);
    return;
  }
  const line = waitingLine();
  const waiting = { waitMilliseconds: 180_000, onWaiting: line.show };
  const report = await verify({ overlay, kubectl, ...waiting }).finally(line.clear);
  console.log(table(report));
  console.log(await whereabouts(rendered, kubectl, context === undefined ? "embedded" : "own"));
  process.exitCode = report.ok ? 0 : 1;
});
