import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { bytesOf } from "../../settings/forms.js";
import type { Settings } from "../../settings/index.js";

/**
 * The job with the intervals and limits that the settings give it. More samples may come in as many more bytes, unless these are
 * said.
 */
export function asSet<Config extends ScrapeConfig>(config: Config, { jobs }: Settings): Config {
  const said = jobs[config.job_name as keyof typeof jobs];
  if (said === undefined) return config;
  const { scrapeInterval, scrapeTimeout, samples, bodySize } = said;
  const { sample_limit, body_size_limit } = config;
  const scaled = (size: string, to: number, from: number) => `${Math.ceil((bytesOf(size) / 2 ** 20) * (to / from))}MB`;
  return {
    ...config,
    ...(scrapeInterval !== undefined && { scrape_interval: scrapeInterval }),
    ...(scrapeTimeout !== undefined && { scrape_timeout: scrapeTimeout }),
    ...(samples !== undefined && { sample_limit: samples }),
    ...(samples !== undefined &&
      sample_limit !== undefined &&
      body_size_limit !== undefined && { body_size_limit: scaled(body_size_limit, samples, sample_limit) }),
    ...(bodySize !== undefined && { body_size_limit: bodySize }),
  };
}
