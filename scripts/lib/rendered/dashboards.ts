import { dashboardReads } from "../../../metrics/dashboard.js";
import { remembered } from "../../../metrics/remembered.js";
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
export const readsIn = remembered((file: MountedFile) => dashboardReads(dashboardIn(file)));
