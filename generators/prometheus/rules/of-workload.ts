import { lines } from "./lines.js";

/** Series with the label `workload` besides `pod`: a workload's name is the pod's without what its controller adds. */
export function ofWorkload(series: string): string {
  return lines(
    `label_replace(${series},`,
    '"workload", "$1", "pod", "(.+?)((-[0-9a-z]{6,10})?-[0-9a-z]{5}|-[0-9]+)?")',
  );
}
