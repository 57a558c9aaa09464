import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IStatefulSetSpec } from "kubernetes-models/apps/v1/StatefulSetSpec";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IPodDisruptionBudgetSpec } from "kubernetes-models/policy/v1/PodDisruptionBudgetSpec";
import type { IContainer } from "kubernetes-models/v1/Container";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { IServiceSpec } from "kubernetes-models/v1/ServiceSpec";
import type { Base, ConfigMapFiles, KubernetesObject } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { type Mount, mounted } from "../lib/mounts.js";
import { brokenReplica } from "../lib/reasons.js";
import type { Settings } from "../settings/index.js";
import { cache, endpoints } from "./config.js";
import { names } from "./names.js";
import { container, objectStore, objectStoreArgument, type Part, podOf, ports } from "./pod.js";

const source = "generators/thanos/index.ts";

const grpc = { name: ports.grpc.name, port: ports.grpc.number, targetPort: ports.grpc.name };
const http = { name: ports.http.name, port: ports.http.number, targetPort: ports.http.name };

/** Every part of Thanos but the sidecar, each a base of its own. */
export function thanos(settings: Settings): readonly Base[] {
  return [query(settings), queryFrontend(settings), store(settings), compact(settings)];
}

/** Asks sidecars and Store Gateways, and takes replicas for one. */
function query(settings: Settings): Base {
  const name = names.query;
  const configMap = `${name}-endpoints`;
  const folder = "/etc/thanos/endpoints";
  const file = endpoints(settings);
  return {
    name,
    about: "Thanos' Querier: asks sidecars and Store Gateways, and takes replicas for one.",
    source,
    // Queriers of other clusters come through a gateway, as people do.
    callers: { [ports.http.name]: [names.queryFrontend, "admitted"], [ports.grpc.name]: ["admitted"] },
    calls: [
      { base: "prometheus", port: ports.grpc.name },
      { base: names.store, port: ports.grpc.name },
    ],
    objects: replicated(
      settings,
      name,
      "query",
      {
        command: "query",
        args: [
          "--query.replica-label=replica",
          "--query.auto-downsampling",
          "--store.response-timeout=30s",
          `--endpoint.sd-config-file=${folder}/${file.name}`,
        ],
        grpc: true,
        resources: { cpu: "100m", memory: "128Mi", limit: "1Gi" },
      },
      [{ volume: { name: "endpoints", configMap: { name: configMap } }, path: folder }],
      { args: "A store that says nothing for 30 s is left out, and the answer is partial, rather than late." },
    ),
    configMaps: [configuration(configMap, "query", [file], settings)],
  };
}

/** Splits long queries by the day, and keeps their answers. */
function queryFrontend(settings: Settings): Base {
  const name = names.queryFrontend;
  const configMap = `${name}-config`;
  const folder = "/etc/thanos/config";
  const file = cache();
  return {
    name,
    about: "Thanos' Query Frontend: splits long queries, and keeps their answers. Grafana asks it.",
    source,
    callers: { [ports.http.name]: ["admitted"] },
    objects: replicated(
      settings,
      name,
      "query-frontend",
      {
        command: "query-frontend",
        args: [
          `--query-frontend.downstream-url=http://${names.query}:${ports.http.number}`,
          `--query-range.response-cache-config-file=${folder}/${file.name}`,
          "--cache-compression-type=snappy",
          "--query-frontend.compress-responses",
        ],
        grpc: false,
        resources: { cpu: "50m", memory: "128Mi", limit: "512Mi" },
      },
      [{ volume: { name: "config", configMap: { name: configMap } }, path: folder }],
    ),
    configMaps: [configuration(configMap, "query-frontend", [file], settings)],
  };
}

/** Answers from the blocks in the object store. */
function store(settings: Settings): Base {
  const name = names.store;
  const folder = "/var/thanos/store";
  return {
    name,
    about: "Thanos' Store Gateway: answers from the blocks in the object store.",
    source,
    calls: ["object store", "name servers"],
    objects: replicated(
      settings,
      name,
      "store",
      {
        command: "store",
        args: [
          `--data-dir=${folder}`,
          objectStoreArgument,
          "--sync-block-duration=$(SYNC_INTERVAL)",
          "--index-cache-size=250MB",
          "--chunk-pool-size=512MB",
        ],
        grpc: true,
        resources: { cpu: "100m", memory: "256Mi", limit: "2Gi" },
      },
      [
        objectStore,
        {
          volume: because(
            { name: "data", emptyDir: {} },
            "Heads of the blocks' indexes: without them they are read from the object store again.",
          ),
          path: folder,
        },
      ],
      { args: "Caches stay well below the limit of memory. An overlay sets the variable to see new blocks sooner." },
      [{ name: "SYNC_INTERVAL", value: "5m" }],
    ),
  };
}

/** Puts blocks together, thins them out and deletes them. */
function compact(settings: Settings): Base {
  const { namespace, thanos } = settings;
  const name = names.compact;
  const folder = "/var/thanos/compact";
  const metadata = { name, namespace, labels: labels(name, "compact") };
  const { volumes, volumeMounts } = mounted([objectStore]);
  return {
    name,
    about: "Thanos' Compactor: puts blocks together, thins them out and deletes them.",
    source,
    calls: ["object store", "name servers"],
    objects: [
      new ServiceAccount({ metadata, automountServiceAccountToken: false }),
      explained(StatefulSet, {
        metadata,
        spec: because<IStatefulSetSpec>(
          {
            replicas: 1,
            serviceName: name,
            selector: { matchLabels: selector(name) },
            persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
            template: {
              metadata: { labels: labels(name, "compact") },
              spec: {
                ...podOf(settings, name),
                containers: [
                  because(
                    {
                      ...container(settings, name, {
                        command: "compact",
                        args: [
                          "--wait",
                          "--wait-interval=$(WAIT_INTERVAL)",
                          "--consistency-delay=$(CONSISTENCY_DELAY)",
                          `--data-dir=${folder}`,
                          objectStoreArgument,
                          "--retention.resolution-raw=$(RETENTION_RAW)",
                          "--retention.resolution-5m=$(RETENTION_5M)",
                          "--retention.resolution-1h=$(RETENTION_1H)",
                          "--disable-admin-operations",
                        ],
                        grpc: false,
                        resources: { cpu: "100m", memory: "256Mi", limit: "2Gi" },
                      }),
                      env: [
                        { name: "RETENTION_RAW", value: thanos.rawRetention },
                        { name: "RETENTION_5M", value: thanos.fiveMinuteRetention },
                        { name: "RETENTION_1H", value: thanos.oneHourRetention },
                        { name: "WAIT_INTERVAL", value: "5m" },
                        because(
                          { name: "CONSISTENCY_DELAY", value: "30m" },
                          "A block that somebody uploads is left alone for so long.",
                        ),
                      ],
                      volumeMounts: [...volumeMounts, { name: "data", mountPath: folder }],
                    },
                    {
                      args: "disable-admin-operations: whoever sees the page may not mark blocks. Replicas' blocks stay apart, as merging them cannot be undone: the Querier takes them for one.",
                    },
                  ),
                ],
                volumes,
              },
            },
            volumeClaimTemplates: [
              {
                apiVersion: "v1",
                kind: "PersistentVolumeClaim",
                metadata: { name: "data" },
                spec: {
                  accessModes: ["ReadWriteOnce"],
                  resources: { requests: { storage: thanos.compactorVolumeSize } },
                },
              },
            ],
          },
          {
            replicas: "Exactly one: two that compact the same blocks make blocks that overlap, and both halt.",
            persistentVolumeClaimRetentionPolicy: "What is on the volume is in the object store too.",
          },
        ),
      }),
      explained(Service, {
        metadata,
        spec: because<IServiceSpec>(
          { clusterIP: "None", selector: selector(name), ports: [http] },
          { clusterIP: "Nobody asks it but Prometheus, for its metrics." },
        ),
      }),
    ],
  };
}

/** A part of which any replica does, as a Deployment with what belongs to it. */
function replicated(
  settings: Settings,
  name: string,
  role: string,
  part: Part,
  mounts: readonly Mount[],
  why: { readonly args?: string } = {},
  env?: IContainer["env"],
): KubernetesObject[] {
  const { namespace } = settings;
  const metadata = { name, namespace, labels: labels(name, role) };
  const { volumes, volumeMounts } = mounted(mounts);
  return [
    new ServiceAccount({ metadata, automountServiceAccountToken: false }),
    explained(Deployment, {
      metadata,
      spec: {
        replicas: settings.thanos.replicas,
        selector: { matchLabels: selector(name) },
        template: {
          metadata: { labels: labels(name, role) },
          spec: {
            ...podOf(settings, name),
            containers: [because({ ...container(settings, name, part), ...(env && { env }), volumeMounts }, why)],
            volumes,
          },
        },
      },
    }),
    new Service({ metadata, spec: { selector: selector(name), ports: [...(part.grpc ? [grpc] : []), http] } }),
    explained(PodDisruptionBudget, {
      metadata,
      spec: because<IPodDisruptionBudgetSpec>(
        {
          selector: { matchLabels: selector(name) },
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
        { unhealthyPodEvictionPolicy: brokenReplica },
      ),
    }),
  ];
}

function configuration(
  name: string,
  role: string,
  files: ConfigMapFiles["files"],
  { namespace }: Settings,
): ConfigMapFiles {
  return { name, namespace, labels: labels(`thanos-${role}`, role), restarts: true, folder: "", files };
}
