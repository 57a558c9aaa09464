import type { Rendered } from "../rendered/objects.js";
import { alertmanagerConfig } from "./alertmanager-config.js";
import { bindings } from "./bindings.js";
import type { Check, Finding } from "./check.js";
import { duplicates } from "./duplicates.js";
import { images } from "./images.js";
import { names } from "./names.js";
import { namespaces } from "./namespaces.js";
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
  retention,
  quantities,
  replicas,
  references,
  bindings,
  namespaces,
  names,
  images,
  duplicates,
  podSecurity,
  placeholders,
];

/** What each check found, by its name. A check that is not in it did not run. */
export type Findings = ReadonlyMap<string, readonly Finding[]>;

/** Runs every check; only the schema where that is broken already, since the others rely on the types of what they read. */
export async function runChecks(rendered: Rendered): Promise<Findings> {
  const [first, ...others] = checks;
  const broken = await first.run(rendered);
  if (broken.length > 0) return new Map([[first.name, broken]]);
  const found = others.map(async (check) => [check.name, await check.run(rendered)] as const);
  return new Map([[first.name, broken], ...(await Promise.all(found))]);
}
