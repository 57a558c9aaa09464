import { namedTargets, type OwnJob } from "../../../generators/derive/own-jobs.js";
import { hostAndPort } from "../address.js";
import type { ExpectedTarget } from "./target.js";

/**
 * The targets that a job of the user's own must have, where it names all of them itself; undefined where some are discovered.
 */
export function ownTargets(job: OwnJob): readonly ExpectedTarget[] | undefined {
  if (Object.keys(job).some((field) => field.endsWith("_sd_configs"))) return undefined;
  return namedTargets(job).map(({ target, host, port, path }) => ({
    owner: `target ${target}`,
    addresses: [hostAndPort(host, port)],
    path,
    required: true,
  }));
}
