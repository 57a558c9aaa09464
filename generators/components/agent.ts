import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import type { Component, Rewrite } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { type JsonPatch, merging, type Patch } from "../lib/patch.js";
import { config } from "../prometheus/config.js";
import { paths } from "../prometheus/paths.js";
import { argumentsOf, configMaps } from "../prometheus/pod.js";
import { milliseconds, type Settings } from "../settings/index.js";
import { openings } from "./job.js";
import { toAlertmanager } from "./network-policies.js";
import { edgesTo, noUrl, secretMount, sending } from "./remote-write.js";

const source = "generators/components/agent.ts";

/**
 * Prometheus in agent mode: it scrapes, sends on and keeps nothing but the log of what is still to be sent. It changes
 * whatever object runs Prometheus, so with `prometheus-ha` it is a StatefulSet.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/prometheus_agent/
 */
export function agent(settings: Settings): Component {
  const { namespace } = settings;
  return {
    name: "agent",
    source,
    about: "Makes Prometheus an agent: it scrapes and sends samples on, without rules, queries and Alertmanager.",
    after: ["lean", "native-histograms", "network-policies", "prometheus-ha"],
    excludes: {
      "remote-write": "an agent sends by itself",
      "alertmanager-ha": "an agent has no alerts",
      "alertmanager-webhooks": "an agent has no alerts",
      grafana: "an agent answers no queries",
    },
    ...(settings.remoteWrite.url === undefined && { blanks: { [noUrl]: "docs/remote-write.md" } }),
    rewrites: [withoutAlerts(settings), sending(settings, source)],
    patches: [
      inAgentMode(settings),
      merging<IConfigMap>("no-alertmanager-job", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: configMaps.scrape, namespace },
        data: { "alertmanager.yml": null },
      }),
      ...unrendered(),
      ...openings(edgesTo(settings.remoteWrite.url)),
    ],
  };
}

/** prometheus.yml without what an agent refuses. */
function withoutAlerts(settings: Settings): Rewrite {
  const { global, scrape_config_files } = config(settings);
  const content = { global, scrape_config_files };
  const text = { name: "prometheus.yml", source, content };
  return { map: configMaps.config, file: "prometheus.yml", place: "instead", text };
}

function inAgentMode(settings: Settings): Patch {
  const { container, volumes } = secretMount(settings);
  return merging<IDeployment>(
    "pod",
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "prometheus", namespace: settings.namespace },
      spec: {
        template: {
          spec: {
            containers: [
              because(
                {
                  name: "prometheus",
                  args: argumentsOf(agentStorage),
                  env: [truncation(settings)],
                  volumeMounts: [
                    { mountPath: paths.rules, $patch: "delete" as const },
                    ...(container.volumeMounts ?? []),
                  ],
                },
                { args: "An agent ends at once where it is given a flag of the server's, so this is the whole list." },
              ),
            ],
            volumes: [{ name: "rules", $patch: "delete" as const }, ...volumes],
          },
        },
      },
    },
    { kind: "Deployment|StatefulSet", name: "prometheus" },
  );
}

/** The arguments by which Prometheus is an agent, for {@link argumentsOf}. */
export const agentStorage = [
  "--agent",
  `--storage.agent.path=${paths.data}`,
  "--storage.agent.wal-truncate-frequency=$(WAL_TRUNCATE_FREQUENCY)",
];

/** The variable in {@link agentStorage}. */
export function truncation({ remoteWrite: { bufferTime } }: Settings): IEnvVar {
  return because(
    { name: "WAL_TRUNCATE_FREQUENCY", value: `${(2 * milliseconds(bufferTime)) / 1000}s` },
    "Twice remoteWrite.bufferTime: each time, the older two thirds of the log go, sent or not.",
  );
}

/**
 * Objects that have no use beside an agent get Kustomize's mark of what the build alone needs. Components that are listed
 * later find them and change them, and nothing of them is rendered.
 */
function unrendered(): JsonPatch[] {
  const kinds = "ConfigMap|NetworkPolicy|PodDisruptionBudget|Service|ServiceAccount|StatefulSet";
  return [
    without("no-alertmanager", kinds, "alertmanager.*"),
    without("no-way-to-alertmanager", "NetworkPolicy", toAlertmanager),
    without("no-rules", "ConfigMap", configMaps.rules),
  ];
}

function without(name: string, kind: string, objects: string): JsonPatch {
  return {
    name,
    target: { kind, name: objects },
    operations: [{ op: "add", path: "/metadata/annotations", value: { "config.kubernetes.io/local-config": "true" } }],
  };
}
