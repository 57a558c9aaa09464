import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";

/** What a job gives in the largest cluster that the settings allow. */
interface Extent {
  readonly targets: number;
  /** Of one target. */
  readonly samples: number;
  /** Of the text that a sample comes in, on average. */
  readonly bytesPerSample: number;
}

type Guards = Required<
  Pick<ScrapeConfig, "target_limit" | "sample_limit" | "body_size_limit" | "label_limit" | "label_value_length_limit">
>;

/** Past a limit the scrape fails as a whole, so that only what is far from usual may reach it. */
const headRoom = 2;

/**
 * Limits that keep one target or one job from flooding Prometheus. A target past them is down, and says why on the page
 * of the targets; past `target_limit` every target of the job is.
 */
export function guards({ targets, samples, bytesPerSample }: Extent): Guards {
  const mebibytes = Math.ceil((headRoom * samples * bytesPerSample) / 2 ** 20);
  return because(
    {
      target_limit: headRoom * targets,
      sample_limit: headRoom * samples,
      // Prometheus' MB are 1024 * 1024 bytes.
      body_size_limit: `${mebibytes}MB`,
      // Far from usual: a dozen labels are many, and the path of a container's cgroup is long with its 200 characters.
      label_limit: 64,
      label_value_length_limit: 1024,
    },
    {
      target_limit:
        "Against a flood: twice what the largest cluster of the settings gives. Past a limit the scrape fails as a whole.",
    },
  );
}
