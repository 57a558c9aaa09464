import { outsideJobs } from "../../../generators/bare-metal/outside.js";
import { Failure } from "../failure.js";
import { leftOut } from "../left-out.js";
import type { Rendered } from "../rendered/objects.js";
import { workloadsOf } from "../rendered/workloads.js";
import { projectSettings } from "../settings.js";
import { accountOf, type Bundle, boundRoles } from "./index.js";

/** Where a Prometheus outside of the cluster is, and where it has the cluster. */
export interface Outside {
  /** Such as `http://127.0.0.1:9090`. */
  readonly address: string;
  readonly apiServer: string;
}

/**
 * What there is to verify of an overlay that a Prometheus outside of the cluster reads: what the overlay runs for it, and
 * the jobs that `npm run outside` gives it.
 *
 * @throws Failure when the overlay has no account for one.
 */
export function outsideBundle(
  rendered: Pick<Rendered, "overlay" | "objects">,
  { address, apiServer }: Outside,
  lacks: readonly string[] = [],
): Bundle {
  const { overlay, objects } = rendered;
  const account = accountOf(objects);
  if (account === undefined) {
    throw new Failure(
      `${overlay} is not for a Prometheus outside of the cluster: it has no ServiceAccount prometheus-outside`,
      "npm run verify -- overlays/bare-metal --prometheus URL; one in the cluster is found without --prometheus",
    );
  }
  const { name, namespace = "" } = account.metadata;
  const url = new URL(address);
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const jobs = outsideJobs({ ...projectSettings(), namespace }, { apiServer, port });
  const without = leftOut(rendered, lacks);
  return {
    overlay,
    workloads: workloadsOf(rendered).filter(({ object }) => !without.some((left) => left.object === object)),
    services: [],
    leftOut: without,
    prometheus: { object: `Prometheus at ${address}`, namespace, selector: {}, serviceAccount: name, port },
    configMaps: [],
    jobs: jobs.map(({ config }) => config),
    roles: boundRoles(rendered, namespace, name),
    outside: { address, jobs },
  };
}
