import type { RenderedObject } from "../../../../../scripts/lib/rendered/objects.js";
import { deployment, object } from "../fixtures.js";

type Fields = Readonly<Record<string, unknown>>;

const image = "quay.io/prometheus/prometheus:v3.16.0";

/** A Prometheus `app` that reads these files: `prometheus.yml`, and scrape configurations beside it. */
export function prometheus(
  files: Readonly<Record<string, string>>,
  container: Fields = {},
  pod: Fields = {},
): RenderedObject[] {
  const main = "scrape_config_files: [/etc/prometheus/*.scrape.yml]\nrule_files: [/etc/prometheus/*.rules.yml]\n";
  return [
    object("v1", "ConfigMap", { name: "config" }, { data: { "prometheus.yml": main, ...files } }),
    deployment(
      {
        image,
        args: ["--web.listen-address=:8080"],
        volumeMounts: [{ name: "config", mountPath: "/etc/prometheus" }],
        ...container,
      },
      { volumes: [{ name: "config", configMap: { name: "config" } }], ...pod },
    ),
  ];
}

/** A file with one job `mine`. */
export function job(fields: Fields): string {
  return JSON.stringify({ scrape_configs: [{ job_name: "mine", ...fields }] });
}

/** A Service in front of the Deployment `app`. */
export function service(metadata: Fields = {}, spec: Fields = {}): RenderedObject {
  const ports = [{ name: "http", port: 80, targetPort: "http" }];
  return object("v1", "Service", metadata, { spec: { selector: { app: "app" }, ports, ...spec } });
}
