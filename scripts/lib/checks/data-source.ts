import { milliseconds } from "../../../generators/settings/index.js";
import { nameOf, ofKind } from "../rendered/objects.js";
import { parsed } from "../rendered/prometheus.js";
import type { Check } from "./check.js";

interface DataSources {
  readonly datasources?: readonly { readonly type?: string; readonly jsonData?: { readonly timeInterval?: string } }[];
}

/** The part of prometheus.yml and of files of jobs that says how often is scraped. */
interface Configuration {
  readonly global?: { readonly scrape_interval?: string };
  readonly scrape_configs?: readonly { readonly scrape_interval?: string }[];
}

/** Grafana's data source knows how often Prometheus scrapes most jobs: with a shorter interval, panels with a rate have gaps or nothing. */
export const dataSource: Check = {
  name: "data source",
  run: async ({ objects }) => {
    const files = ofKind(objects, "v1/ConfigMap").map((object) => ({ object, data: object.data ?? {} }));
    const [main] = files.flatMap(({ data }) => read<Configuration>(data["prometheus.yml"]));
    const usual = main?.global?.scrape_interval;
    if (usual === undefined) return [];
    const jobs = files
      .flatMap(({ data }) => Object.values(data).filter((text) => /^"?scrape_configs"?\s*:/m.test(text)))
      .flatMap((text) => read<Configuration>(text).flatMap(({ scrape_configs }) => scrape_configs ?? []));
    const interval = mostly(jobs.map(({ scrape_interval = usual }) => scrape_interval)) ?? usual;
    return files.flatMap(({ object, data }) =>
      read<DataSources>(data["datasources.yml"])
        .flatMap(({ datasources = [] }) => datasources)
        .filter(({ type }) => type === "prometheus")
        .flatMap(({ jsonData }) => jsonData?.timeInterval ?? [])
        .filter((known) => milliseconds(known) < milliseconds(interval))
        .map((known) => ({
          object: nameOf(object),
          message: `datasources.yml says timeInterval: ${known}, and Prometheus' scrape_interval is ${interval} for most jobs: $__rate_interval does not fit`,
          fix: `set jsonData.timeInterval: ${interval} in a copy of datasources.yml in the overlay, or scrape_interval: ${known} in prometheus.yml`,
        })),
    );
  },
};

/** The interval that most jobs have. */
function mostly(intervals: readonly string[]): string | undefined {
  const share = (interval: string) => intervals.filter((other) => other === interval).length;
  return intervals.toSorted((one, other) => share(other) - share(one))[0];
}

/** A file as data; nothing where there is none or it is not YAML, which another check tells. */
function read<T extends object>(text: string | undefined): T[] {
  try {
    const data = parsed({ text: text ?? "" });
    return typeof data === "object" && data !== null ? [data as T] : [];
  } catch {
    return [];
  }
}
