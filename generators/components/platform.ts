import type { Component } from "../lib/base-and-component.js";
import { type Platform, platformJobs } from "../platforms/types.js";
import { scrapeFiles } from "../prometheus/index.js";
import { eksControlPlane } from "../prometheus/scrape/eks.js";
import { k3sJobs } from "../prometheus/scrape/k3s.js";
import { on } from "../prometheus/scrape/off.js";
import type { OptionalJobs } from "../prometheus/scrape/optional.js";
import type { Settings } from "../settings/index.js";

/**
 * A platform as a Component: the jobs of what can be read there. Two platforms do not build together.
 *
 * @param component makes a Component of jobs
 */
export function platformComponent(
  settings: Settings,
  platform: Platform,
  component: (jobs: OptionalJobs) => Component,
): Component {
  const name = `platform-${platform.name}`;
  const own = on(ownJobs(platform.name), settings);
  const brought = ownJobs(platform.name).map(({ config }) => config.job_name);
  const withOwn: Partial<Component> = own.length > 0 ? component({ component: name, about: "", jobs: own }) : {};
  return {
    ...withOwn,
    name,
    source: "generators/components/platform.ts",
    about: `Scrapes what ${platform.title} shows of Kubernetes' own parts.`,
    oneOf: "platform",
    includes: platformJobs.filter((job) => platform.verdicts[job].on && !brought.includes(job)),
    ...(platform.name === "k3s" && { replaces: [scrapeFiles(k3sJobs(settings), settings)] }),
  };
}

/** Jobs that the platform reaches in another way than the Component of that name does. */
function ownJobs(platform: string): OptionalJobs["jobs"] {
  return platform === "eks" ? eksControlPlane() : [];
}
