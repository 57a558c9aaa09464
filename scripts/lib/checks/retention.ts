import { bytesOf, duration, size } from "../../../generators/settings/forms.js";
import { problemOf, shareOfVolume } from "../../../generators/settings/index.js";
import { quantity } from "../../../generators/settings/quantity.js";
import { find, type RenderedObject } from "../rendered/objects.js";
import { environmentOf, expand } from "../rendered/variables.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";

const flags = {
  time: "--storage.tsdb.retention.time",
  size: "--storage.tsdb.retention.size",
} as const;
const forms = { [flags.time]: duration, [flags.size]: size };

/** How long and how much Prometheus keeps is written as it reads it, and fits the volume. */
export const retention: Check = {
  name: "retention",
  run: async ({ objects }) =>
    workloadsOf({ objects }).flatMap((workload) =>
      workload.containers.flatMap((container) => {
        const environment = environmentOf(container, workload.namespace, objects);
        const flag = (name: string) => {
          const written = container.args?.find((argument) => argument.startsWith(`${name}=`));
          return written && expand(written.slice(name.length + 1), environment).text;
        };
        const wrong = Object.entries(forms).flatMap(([name, form]) => {
          const value = flag(name);
          const problem = value === undefined ? undefined : problemOf(form, value);
          if (problem === undefined) return [];
          return {
            object: workload.object,
            message: `container ${container.name}: ${name}=${value}`,
            fix: `set the variable that it is made of: it ${problem}`,
          };
        });
        if (wrong.length > 0) return wrong;
        const path = flag("--storage.tsdb.path");
        const kept = flag(flags.size);
        const mount = container.volumeMounts?.find(({ mountPath }) => mountPath === path);
        if (kept === undefined || mount === undefined) return [];
        return tooLarge(kept, mount.name, workload, objects);
      }),
    ),
};

function tooLarge(kept: string, volume: string, workload: Workload, objects: readonly RenderedObject[]): Finding[] {
  const capacity = capacityOf(volume, workload, objects);
  const bytes = capacity === undefined ? undefined : quantity(capacity);
  if (bytes === undefined || bytesOf(kept) <= shareOfVolume * bytes) return [];
  return [
    {
      object: workload.object,
      message: `keeps ${kept} on volume ${volume} of ${capacity}: more than ${shareOfVolume * 100} %, so that the log could fill it`,
      fix: `lower RETENTION_SIZE to ${Math.floor((shareOfVolume * bytes) / 2 ** 20)}MB or less, or enlarge the volume`,
    },
  ];
}

/** Size of the pod's volume, where something limits it. */
function capacityOf(
  name: string,
  { pod, claims, namespace }: Workload,
  objects: readonly RenderedObject[],
): string | number | undefined {
  const volume = pod.volumes?.find((candidate) => candidate.name === name);
  const claimName = volume?.persistentVolumeClaim?.claimName;
  const claim =
    claimName === undefined
      ? claims.find(({ metadata }) => metadata?.name === name)
      : find(objects, "v1/PersistentVolumeClaim", claimName, namespace);
  return volume?.emptyDir?.sizeLimit ?? claim?.spec?.resources?.requests?.storage;
}
