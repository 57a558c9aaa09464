import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { bytesOf } from "../../settings/forms.js";
import type { Settings } from "../../settings/index.js";

/** The job with the limits that the settings give it. More samples may come in as many more bytes, unless these are said. */
export function limited<Config extends ScrapeConfig>(config: Config, { limits }: Settings): Config {
  const limit = limits[config.job_name as keyof typeof limits];
  if (limit === undefined) return config;
  const { samples, bodySize } = limit;
  const { sample_limit, body_size_limit } = config;
  const scaled = (size: string, to: number, from: number) => `${Math.ceil((bytesOf(size) / 2 ** 20) * (to / from))}MB`;
  return {
    ...config,
    ...(samples !== undefined && { sample_limit: samples }),
    ...(samples !== undefined &&
      sample_limit !== undefined &&
      body_size_limit !== undefined && { body_size_limit: scaled(body_size_limit, samples, sample_limit) }),
    ...(bodySize !== undefined && { body_size_limit: bodySize }),
  };
}
