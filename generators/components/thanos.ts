import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import { type Edge, type End, edges } from "../derive/edges.js";
import { askedVariable } from "../grafana/config.js";
import { name as grafana } from "../grafana/pod.js";
import type { Base, Component } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { type MergePatch, merging } from "../lib/patch.js";
import { paths } from "../prometheus/paths.js";
import { argumentsOf } from "../prometheus/pod.js";
import { scrapeJobs } from "../prometheus/scrape/index.js";
import type { OptionalJobs } from "../prometheus/scrape/optional.js";
import { thanosJobs } from "../prometheus/scrape/thanos.js";
import type { Settings } from "../settings/index.js";
import { thanos as parts } from "../thanos/index.js";
import { names } from "../thanos/names.js";
import { ports } from "../thanos/pod.js";
import { policiesOf } from "./network-policies.js";
import { sidecarContainer, sidecarService, sidecarVolumes, withSidecar } from "./thanos-sidecar.js";

const source = "generators/components/thanos.ts";

/** Bases as they are with Thanos: Prometheus with the sidecar in its pods, and the parts of Thanos behind the others. */
export function withThanos(bases: readonly Base[], settings: Settings): readonly Base[] {
  return [
    ...bases.map((base) => (base.name === "prometheus" ? withSidecar(base, settings) : base)),
    ...parts(settings),
  ];
}

/** What the jobs of Thanos scrape, without what calls what. */
export function scrapedParts(settings: Settings): readonly Base[] {
  return withThanos([{ name: "prometheus", source, objects: [] }], settings).map(
    ({ calls: _, callers: __, ...base }) => base,
  );
}

/**
 * Keeps samples in an object store, and answers for all replicas and for all that was ever kept. Grafana asks it in place
 * of Prometheus; rules stay with Prometheus.
 *
 * @param componentOf makes a Component of jobs
 */
export function thanos(settings: Settings, componentOf: (jobs: OptionalJobs) => Component): Component {
  const { namespace } = settings;
  const ofJobs = componentOf(thanosJobs(settings));
  const all = parts(settings);
  return {
    ...ofJobs,
    source,
    after: ["prometheus-ha", grafana],
    excludes: {
      agent: "an agent keeps no blocks that a sidecar could upload",
      "basic-auth":
        "the Querier would show without a password what Prometheus hides; ask for one in front of both, at a gateway",
    },
    objects: [...all.flatMap(({ objects }) => objects), sidecarService(settings)],
    configMaps: [...all.flatMap(({ configMaps = [] }) => configMaps), ...(ofJobs.configMaps ?? [])],
    patches: [
      merging<IDeployment>(
        "prometheus",
        {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: "prometheus", namespace },
          spec: {
            template: {
              metadata: { annotations: { "kubectl.kubernetes.io/default-container": "prometheus" } },
              spec: {
                containers: [
                  because(
                    {
                      name: "prometheus",
                      args: argumentsOf([
                        `--storage.tsdb.path=${paths.data}`,
                        "--storage.tsdb.retention.time=$(RETENTION_TIME)",
                        "--storage.tsdb.retention.size=$(RETENTION_SIZE)",
                        "--storage.tsdb.min-block-duration=$(BLOCK_DURATION)",
                        "--storage.tsdb.max-block-duration=$(BLOCK_DURATION)",
                      ]),
                      env: [
                        { name: "BLOCK_DURATION", value: "2h" },
                        { name: "RETENTION_TIME", value: settings.thanos.localRetention },
                      ],
                    },
                    {
                      args: "With equal durations Prometheus leaves its blocks alone: the sidecar uploads each once, and the Compactor puts them together.",
                    },
                  ),
                  sidecarContainer(settings),
                ],
                volumes: sidecarVolumes,
              },
            },
          },
        },
        { kind: "Deployment|StatefulSet", name: "prometheus" },
      ),
      merging<IDeployment>(
        "grafana",
        {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: grafana, namespace },
          spec: {
            template: {
              spec: {
                containers: [
                  {
                    name: grafana,
                    env: [{ name: askedVariable, value: `http://${names.queryFrontend}:${ports.http.number}` }],
                  },
                ],
              },
            },
          },
        },
        { kind: "Deployment", name: grafana },
      ),
    ],
  };
}

/** The way out to the Queriers of other clusters. */
function toClusters({ thanos: { clusters, insecureClusters } }: Settings): Edge[] {
  const purpose = { caller: names.query, callee: "Queriers of other clusters" };
  const numbers = new Set([...clusters, ...insecureClusters].map((address) => Number(address.split(":").at(-1))));
  const ports = [...numbers].map((port) => ({ protocol: "TCP" as const, port }));
  return ports.length === 0 ? [] : [{ from: { base: names.query }, to: "anything", ports, purpose }];
}

/**
 * Lets Thanos' connections through where `components/network-policies` lets none through: a Component of its own, as
 * Grafana's is.
 *
 * @param bases those without Thanos, Grafana among them
 */
export function thanosNetworkPolicies(settings: Settings, bases: readonly Base[]): Component {
  const keyOf = (edge: object) => JSON.stringify(edge);
  const core = scrapeJobs(settings);
  const known = new Set(edges(bases, core, "prometheus").map(keyOf));
  const all = withThanos(bases, settings).map((base) =>
    base.name === grafana ? { ...base, calls: [{ base: names.queryFrontend, port: ports.http.name }] } : base,
  );
  const derived = edges(all, [...core, ...thanosJobs(settings).jobs], "prometheus");
  const needed = [...derived.filter((edge) => !known.has(keyOf(edge))), ...toClusters(settings)];
  const own = parts(settings).map(({ name }) => name);
  const isOf = (end: End, name: string) => typeof end === "object" && "base" in end && end.base === name;
  const asksFrontend = ({ from, to }: Edge) => isOf(from, grafana) && isOf(to, names.queryFrontend);
  const merged = (target: string, edges: readonly Edge[], base: string, name: string): MergePatch[] =>
    policiesOf(
      all.filter((one) => one.name === base),
      edges,
      settings.namespace,
      () => name,
    ).map(({ apiVersion, kind, metadata, written }) => ({
      name,
      merge: { apiVersion, kind, metadata: { ...metadata, name }, ...written },
      target: { kind, name: target },
    }));
  return {
    name: "thanos-network-policies",
    source,
    about: "Lets Thanos' connections through where network-policies denies them.",
    with: ["thanos", "network-policies"],
    needs: ["network-policies", "thanos"],
    after: ["grafana-network-policies"],
    objects: policiesOf(
      all.filter(({ name }) => name !== grafana),
      needed.filter((edge) => !asksFrontend(edge)),
      settings.namespace,
      (name) => (own.includes(name) ? name : `${name}-from-thanos`),
    ),
    // Grafana asks Thanos in place of Prometheus: its policies, where they are listed, become those of that.
    patches: [
      ...merged(
        `prometheus-from-${grafana}`,
        needed.filter(asksFrontend),
        names.queryFrontend,
        `${names.queryFrontend}-from-${grafana}`,
      ),
      ...merged(
        grafana,
        derived.filter(({ from }) => isOf(from, grafana)),
        grafana,
        grafana,
      ),
    ],
  };
}
