import { parse } from "yaml";
import { milliseconds } from "../../../generators/settings/index.js";
import { nameOf, ofKind } from "../rendered/objects.js";
import type { Check } from "./check.js";

interface DataSources {
  readonly datasources?: readonly { readonly type?: string; readonly jsonData?: { readonly timeInterval?: string } }[];
}

/** Grafana's data source knows how often Prometheus scrapes: with a shorter interval, panels with a rate have gaps or nothing. */
export const dataSource: Check = {
  name: "data source",
  run: async ({ objects }) => {
    const files = ofKind(objects, "v1/ConfigMap").map((object) => ({ object, data: object.data ?? {} }));
    const [scraped] = files.flatMap(({ data }) =>
      read<{ global?: { scrape_interval?: string } }>(data["prometheus.yml"]),
    );
    const interval = scraped?.global?.scrape_interval;
    if (interval === undefined) return [];
    return files.flatMap(({ object, data }) =>
      read<DataSources>(data["datasources.yml"])
        .flatMap(({ datasources = [] }) => datasources)
        .filter(({ type }) => type === "prometheus")
        .flatMap(({ jsonData }) => jsonData?.timeInterval ?? [])
        .filter((known) => milliseconds(known) < milliseconds(interval))
        .map((known) => ({
          object: nameOf(object),
          message: `datasources.yml says timeInterval: ${known}, and Prometheus' scrape_interval is ${interval}: $__rate_interval does not fit`,
          fix: `set jsonData.timeInterval: ${interval} in a copy of datasources.yml in the overlay, or scrape_interval: ${known} in prometheus.yml`,
        })),
    );
  },
};

/** A file as data; nothing where there is none or it is not YAML, which another check tells. */
function read<T extends object>(text: string | undefined): T[] {
  try {
    const data: unknown = parse(text ?? "");
    return typeof data === "object" && data !== null ? [data as T] : [];
  } catch {
    return [];
  }
}
