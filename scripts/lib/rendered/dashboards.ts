import { dashboardReads } from "../../../metrics/dashboard.js";
import type { Read } from "../../../metrics/keep-list.js";
import { remembered, rememberedByText } from "../../../metrics/remembered.js";
import { type MountedFile, mountedIn } from "./mounted.js";
import type { Rendered } from "./objects.js";
import { runs } from "./prometheus.js";
import { workloadsOf } from "./workloads.js";

/** Dashboards that some Grafana of the overlay mounts. */
export function dashboardsIn(rendered: Rendered): MountedFile[] {
  return workloadsOf(rendered).flatMap((workload) =>
    workload.containers
      .filter((container) => runs(container, "grafana"))
      .flatMap((container) => [...mountedIn(container, workload, rendered.objects).files])
      .flatMap(([path, file]) => (path.endsWith(".json") ? [file] : [])),
  );
}

/** What a dashboard says; undefined where it is not JSON, which the check of own dashboards tells. */
export const dashboardIn = remembered(({ text }: MountedFile): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
});

/** What a dashboard reads; nothing where it is not JSON. */
export function readsIn(file: MountedFile): readonly Read[] {
  return once(file.text, () => dashboardReads(dashboardIn(file)));
}

/** Several overlays have the same dashboards. */
const once = rememberedByText<readonly Read[]>();
