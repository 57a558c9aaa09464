import { Failure } from "../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { waitFor } from "../../../scripts/lib/wait.js";

/**
 * Waits until the API server serves kinds whose definitions it was just given. `kubectl wait` does not do: it fails on a
 * definition that is so new that it has no status.
 *
 * @param version - their API version: `argoproj.io/v1alpha1`
 * @param resources - as a path says them: `applications`
 * @throws Failure that names the API version after a minute.
 */
export async function served(kubectl: Kubectl, version: string, resources: readonly string[]): Promise<void> {
  await waitFor(
    async () => {
      const text = await kubectl.raw(`/apis/${version}`).catch(() => "");
      return resources.every((name) => text.includes(`"${name}"`));
    },
    { seconds: 60, otherwise: () => new Failure(`the API server does not serve ${version} after a minute`) },
  );
}
