import type { Rendered } from "../rendered/objects.js";
import { addresses } from "./addresses.js";
import { agents } from "./agents.js";
import { alertmanagerConfig } from "./alertmanager-config.js";
import { bindings } from "./bindings.js";
import { type Check, type Finding, unique } from "./check.js";
import { dataSource } from "./data-source.js";
import { discoveryAccess } from "./discovery-access.js";
import { duplicates } from "./duplicates.js";
import { externalUrl } from "./external-url.js";
import { flags } from "./flags/index.js";
import { images } from "./images.js";
import { keptSeries } from "./kept-series.js";
import { letThrough } from "./let-through.js";
import { logins } from "./logins.js";
import { names } from "./names.js";
import { namesInText } from "./names-in-text.js";
import { namespaces } from "./namespaces.js";
import { nativeHistograms } from "./native-histograms.js";
import { ownDashboards } from "./own-dashboards.js";
import { ownFiles } from "./own-files.js";
import { ownRules } from "./own-rules.js";
import { placeholders } from "./placeholders.js";
import { podSecurity } from "./pod-security.js";
import { ports } from "./ports.js";
import { prometheusConfig } from "./prometheus/config.js";
import { prometheusOutside } from "./prometheus/outside.js";
import { quantities } from "./quantities.js";
import { references } from "./references.js";
import { replicas } from "./replicas.js";
import { retention } from "./retention.js";
import { schema } from "./schema.js";
import { selectors } from "./selectors.js";
import { shards } from "./shards.js";
import { sharedTargets } from "./shared-targets.js";
import { size } from "./size.js";
import { variables } from "./variables.js";
import { volumes } from "./volumes.js";

/** Every check, the schema first. A check of your own is one more file and one more line here. */
export const checks: readonly [Check, ...Check[]] = [
  schema,
  prometheusConfig,
  prometheusOutside,
  alertmanagerConfig,
  size,
  selectors,
  ports,
  volumes,
  variables,
  addresses,
  flags,
  retention,
  quantities,
  replicas,
  shards,
  agents,
  sharedTargets,
  references,
  bindings,
  namespaces,
  names,
  namesInText,
  letThrough,
  discoveryAccess,
  logins,
  ownFiles,
  ownRules,
  ownDashboards,
  keptSeries,
  nativeHistograms,
  images,
  duplicates,
  podSecurity,
  placeholders,
  dataSource,
  externalUrl,
];

/** What each check found, by its name. A check that is not in it did not run. */
export type Findings = ReadonlyMap<string, readonly Finding[]>;

/** Runs every check; only the schema where that is broken already, since the others rely on the types of what they read. */
export async function runChecks(rendered: Rendered): Promise<Findings> {
  const [first, ...others] = checks;
  const broken = await first.run(rendered);
  if (broken.length > 0) return new Map([[first.name, broken]]);
  const running = new Map<Check, Promise<readonly Finding[] | undefined>>();
  const run = (check: Check): Promise<readonly Finding[] | undefined> => {
    const begun = running.get(check);
    if (begun !== undefined) return begun;
    const result = Promise.all((check.after ?? []).map(run)).then((before) =>
      before.some((found) => found === undefined || found.length > 0) ? undefined : check.run(rendered).then(unique),
    );
    running.set(check, result);
    return result;
  };
  const found = await Promise.all(others.map(async (check) => [check.name, await run(check)] as const));
  return new Map([[first.name, broken], ...found.flatMap(([name, one]) => (one ? [[name, one] as const] : []))]);
}

/** Runs the checks that need no program: what they find is there at once, also where nothing can be built. */
export async function runQuickChecks(rendered: Rendered): Promise<Findings> {
  const quick = checks.filter(({ program }) => program === undefined);
  return new Map(await Promise.all(quick.map(async (check) => [check.name, await check.run(rendered)] as const)));
}

/** What the checks that ran cannot look at, one sentence each. */
export async function unlookedAt(rendered: Rendered, ran: Findings): Promise<readonly string[]> {
  const said = checks
    .filter(({ name }) => ran.has(name))
    .map(async (check) => (await check.unlooked?.(rendered)) ?? []);
  return (await Promise.all(said)).flat();
}
