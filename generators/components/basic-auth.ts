import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IProbe } from "kubernetes-models/v1/Probe";
import type { Feature } from "../lib/component.js";
import { labels } from "../lib/labels.js";
import { merging, type Part } from "../lib/patch.js";
import { scrapeFiles } from "../prometheus/index.js";
import { paths } from "../prometheus/paths.js";
import { configMaps, podChanges, port } from "../prometheus/pod.js";
import { prometheusItself } from "../prometheus/scrape/prometheus.js";
import type { Settings } from "../settings.js";

const name = "basic-auth";
const source = "generators/components/basic-auth.ts";

/** Secret with the keys `web-config.yml` (users and the hashes of their passwords), `username` and `password`. */
export const secretName = "prometheus-web";
const folder = "/etc/prometheus/web";
const clientFile = "http-client.yml";

/** How Prometheus' own probes and its scrape of itself log in. Read anew for each request, so that a password may change. */
const basic_auth = { username_file: `${folder}/username`, password_file: `${folder}/password` };

/**
 * Prometheus asks for a name and a password. That includes the kubelet, whose HTTP probes know none: promtool asks in
 * their place.
 */
export function basicAuth({ namespace }: Settings): Feature {
  return {
    name,
    source,
    adds: [
      {
        name: configMaps.config,
        namespace,
        labels: labels("prometheus", "server"),
        folder: "",
        files: [{ name: clientFile, source, content: { basic_auth } }],
      },
    ],
    replaces: [scrapeFiles([prometheusItself({ basic_auth })], namespace)],
    patches: [
      merging<IDeployment>(
        "pod",
        {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: "prometheus", namespace, annotations: { [podChanges]: name } },
          spec: {
            template: {
              spec: {
                containers: [
                  {
                    name: "prometheus",
                    env: [{ name: "WEB_CONFIG_FILE", value: `${folder}/web-config.yml` }],
                    startupProbe: asking("ready"),
                    readinessProbe: asking("ready"),
                    livenessProbe: asking("healthy"),
                    volumeMounts: [{ name: "web", mountPath: folder }],
                  },
                ],
                volumes: [{ name: "web", secret: { secretName } }],
              },
            },
          },
        },
        // Whichever of them runs the pod.
        { kind: "Deployment|StatefulSet", name: "prometheus" },
      ),
    ],
  };
}

function asking(question: "ready" | "healthy"): Part<IProbe> {
  const url = `--url=http://localhost:${port.number}`;
  const client = `--http.config.file=${paths.config}/${clientFile}`;
  // Starting promtool takes longer than a request, most of all on a busy node.
  return { httpGet: null, exec: { command: ["/bin/promtool", "check", question, url, client] }, timeoutSeconds: 10 };
}
