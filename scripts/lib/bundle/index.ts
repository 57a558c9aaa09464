import type { ILabelSelector } from "@kubernetes-models/apimachinery/apis/meta/v1/LabelSelector";
import type { IPolicyRule } from "kubernetes-models/rbac.authorization.k8s.io/v1/PolicyRule";
import type { IService } from "kubernetes-models/v1/Service";
import { parse } from "yaml";
import { outsideAccount } from "../../../generators/bare-metal/access.js";
import type { OutsideJob } from "../../../generators/bare-metal/outside-job.js";
import { configMaps, port, shardLabel } from "../../../generators/prometheus/pod.js";
import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import { Failure } from "../failure.js";
import { type LeftOut, leftOut } from "../left-out.js";
import { mountedIn } from "../rendered/mounted.js";
import { ofKind, type Rendered, type RenderedObject } from "../rendered/objects.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";

/** A Role or ClusterRole that a binding of the overlay gives to Prometheus. */
export interface BoundRole {
  readonly kind: string;
  readonly name: string;
  /** Where the binding makes it hold; undefined for everywhere. */
  readonly namespace: string | undefined;
  readonly rules: readonly IPolicyRule[];
}

/** Another Prometheus that scrapes a part of the targets. */
export interface Shard {
  readonly object: string;
  readonly selector: ILabelSelector;
  /** Where each of its pods scrapes the node that it runs on: as whom, and by which jobs. Absent: they all scrape the same. */
  readonly onNodes?: {
    readonly serviceAccount: string;
    readonly roles: readonly BoundRole[];
    readonly jobs: readonly string[];
  };
}

/** What there is to verify of an overlay. */
export interface Bundle {
  /** Folder of the overlay, from the root of the project. */
  readonly overlay: string;
  /** Everything that runs pods for as long as the overlay is applied. */
  readonly workloads: readonly Workload[];
  /** Those of Prometheus' namespace. */
  readonly services: readonly (RenderedObject & IService)[];
  /** Those that the cluster cannot run: nothing is expected of them. */
  readonly leftOut: readonly LeftOut[];
  readonly prometheus: {
    /** As messages name it: `Deployment monitoring/prometheus`. */
    readonly object: string;
    readonly namespace: string;
    readonly selector: ILabelSelector;
    readonly serviceAccount: string;
    readonly port: number;
    /** Whether it only scrapes and sends on: it answers no query then. Absent: it does. */
    readonly isAgent?: boolean;
  };
  /** Those that share its targets with it. Absent: it scrapes everything itself. */
  readonly shards?: readonly Shard[];
  /** The ConfigMaps that it and its shards read. */
  readonly configMaps: readonly { readonly name: string; readonly data: Readonly<Record<string, string>> }[];
  /** In the order of their files. */
  readonly jobs: readonly ScrapeConfig[];
  readonly roles: readonly BoundRole[];
  /** The Prometheus outside of the cluster that reads what the overlay provides. Absent: one runs in the cluster. */
  readonly outside?: { readonly address: string; readonly jobs: readonly OutsideJob[] };
}

/**
 * Reads out of a rendered overlay what there is to verify.
 *
 * @param lacks - the images that the cluster does not get
 * @throws Failure when the overlay runs no Prometheus, or when a file of its configuration is not YAML.
 */
export function bundleOf(rendered: Pick<Rendered, "overlay" | "objects">, lacks: readonly string[] = []): Bundle {
  const { overlay, objects } = rendered;
  const without = leftOut(rendered, lacks);
  const workloads = workloadsOf(rendered).filter(
    ({ selector, object }) => selector !== undefined && !without.some((left) => left.object === object),
  );
  // Kustomize may have given its name a prefix, a suffix or a hash.
  const isShard = ({ kind, labels }: Workload) => shardLabel in labels || kind === "DaemonSet";
  const scraping = workloads.filter((workload) =>
    configMapsOf(workload).some((name) => name.includes(configMaps.scrape)),
  );
  const prometheus = scraping.find((workload) => !isShard(workload));
  const shards = scraping.filter(isShard);
  if (prometheus?.selector === undefined || prometheus.namespace === undefined) {
    throw new Failure(
      `${overlay} runs no Prometheus: none of its workloads mounts the ConfigMap ${configMaps.scrape} in a namespace`,
      accountOf(objects) === undefined
        ? "name an overlay that builds on base/, such as overlays/devbox"
        : `it is for one outside: say where that listens, npm run verify -- ${overlay} --prometheus http://127.0.0.1:${port.number}`,
    );
  }
  const { object, namespace, selector, containers } = prometheus;
  const readBy = (workload: Workload) => {
    const mounted = configMapsOf(workload);
    return ofKind(objects, "v1/ConfigMap")
      .filter(({ metadata }) => metadata.namespace === namespace && mounted.includes(metadata.name))
      .map(({ metadata, data = {} }) => ({ name: metadata.name, data }));
  };
  const onNodes = (workload: Workload) => {
    const files = workload.containers.flatMap((one) => [...mountedIn(one, workload, objects).files.values()]);
    const jobs = files.flatMap(({ object, key, text }) => jobsOf(`${overlay}: ${key} of ${object}`, text));
    return { ...accountIn(workload), jobs: jobs.flatMap(({ job_name }) => job_name ?? []) };
  };
  const accountIn = ({ pod: { serviceAccountName = "default" } }: Workload) => ({
    serviceAccount: serviceAccountName,
    roles: boundRoles(rendered, namespace, serviceAccountName),
  });
  const read = readBy(prometheus);
  const { serviceAccount, roles } = accountIn(prometheus);
  const ports = containers.flatMap((container) => container.ports ?? []);
  return {
    overlay,
    workloads,
    services: ofKind(objects, "v1/Service").filter(({ metadata }) => metadata.namespace === namespace),
    leftOut: without,
    prometheus: {
      object,
      namespace,
      selector,
      serviceAccount,
      port: ports.find(({ name }) => name === port.name)?.containerPort ?? port.number,
      isAgent: containers.some(({ args }) => args?.includes("--agent")),
    },
    ...(shards.length > 0 && {
      shards: shards.flatMap((one) => {
        const { kind, object, selector } = one;
        if (selector === undefined) return [];
        return { object, selector, ...(kind === "DaemonSet" && { onNodes: onNodes(one) }) };
      }),
    }),
    configMaps: [...new Map([...read, ...shards.flatMap(readBy)].map((map) => [map.name, map])).values()],
    jobs: read.flatMap(({ name, data }) =>
      Object.entries(data).flatMap(([file, text]) => jobsOf(`${overlay}: ${file} of ConfigMap ${name}`, text)),
    ),
    roles,
  };
}

/** The account of a Prometheus outside of the cluster, where the overlay has one. */
export function accountOf(objects: Rendered["objects"]) {
  return ofKind(objects, "v1/ServiceAccount").find(({ metadata }) => metadata.name === outsideAccount);
}

function configMapsOf({ pod }: Workload): string[] {
  return (pod.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
}

/** The jobs that a file of configuration has; `file` is how messages name it. */
export function jobsOf(file: string, text: string): readonly ScrapeConfig[] {
  try {
    return (parse(text) as { scrape_configs?: ScrapeConfig[] } | null)?.scrape_configs ?? [];
  } catch (error) {
    throw new Failure(`${file} is not YAML: ${(error as Error).message}`, "npm run build checks what is rendered");
  }
}

/** What the bindings of an overlay give to a ServiceAccount. */
export function boundRoles(
  { objects }: Pick<Rendered, "objects">,
  namespace: string,
  serviceAccount: string,
): BoundRole[] {
  const bindings = [
    ...ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRoleBinding"),
    ...ofKind(objects, "rbac.authorization.k8s.io/v1/RoleBinding"),
  ];
  const roles = [
    ...ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRole"),
    ...ofKind(objects, "rbac.authorization.k8s.io/v1/Role"),
  ];
  return bindings
    .filter(({ subjects = [] }) =>
      subjects.some((subject) => subject.name === serviceAccount && subject.namespace === namespace),
    )
    .map(({ metadata, roleRef: { kind, name } }) => ({
      kind,
      name,
      namespace: metadata.namespace,
      rules:
        roles.find(
          (role) =>
            role.kind === kind &&
            role.metadata.name === name &&
            (kind === "ClusterRole" || role.metadata.namespace === metadata.namespace),
        )?.rules ?? [],
    }));
}
