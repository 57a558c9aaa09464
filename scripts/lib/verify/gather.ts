import type { IEndpointSlice } from "kubernetes-models/discovery.k8s.io/v1/EndpointSlice";
import type { IStorageClass } from "kubernetes-models/storage.k8s.io/v1/StorageClass";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IEvent } from "kubernetes-models/v1/Event";
import type { INamespace } from "kubernetes-models/v1/Namespace";
import type { INode } from "kubernetes-models/v1/Node";
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import type { IPod } from "kubernetes-models/v1/Pod";
import type { IService } from "kubernetes-models/v1/Service";
import type { Kubectl } from "../kubectl.js";
import type { ActiveTarget, InstantSample, PrometheusApi } from "../prometheus.js";
import type { Workloads } from "./annotated.js";
import type { Inventory } from "./expected.js";
import type { Clues, LiveWorkload, Running } from "./workload-health.js";

interface List<T> {
  readonly items: readonly T[];
}

const timeout = "--request-timeout=20s";

/**
 * Asks the cluster for its nodes, for the endpoints of Services, each named as `namespace/name`, and for pods, each
 * selection as `namespace/selector`.
 *
 * @param withWorkloads - whether also for whatever may carry annotations, in all namespaces
 */
export async function inventory(
  kubectl: Kubectl,
  services: readonly string[],
  selections: readonly string[],
  withWorkloads: boolean,
): Promise<Inventory> {
  const [nodes, slices, pods, found] = await Promise.all([
    list<INode>(kubectl, ["nodes"]),
    Promise.all(
      services.map(async (service) => {
        const { namespace, rest } = within(service);
        const selector = `kubernetes.io/service-name=${rest}`;
        return [
          service,
          await list<IEndpointSlice>(kubectl, ["endpointslices", "-n", namespace, "-l", selector]),
        ] as const;
      }),
    ),
    Promise.all(
      selections.map(async (selection) => {
        const { namespace, rest } = within(selection);
        return [selection, await list<IPod>(kubectl, ["pods", "-n", namespace, "-l", rest])] as const;
      }),
    ),
    withWorkloads ? workloads(kubectl) : undefined,
  ]);
  return { nodes, slices: new Map(slices), pods: new Map(pods), ...(found && { workloads: found }) };
}

async function workloads(kubectl: Kubectl): Promise<Workloads> {
  const everywhere = "--all-namespaces";
  const [namespaces, pods, services, slices] = await Promise.all([
    list<INamespace>(kubectl, ["namespaces"]),
    list<IPod>(kubectl, ["pods", everywhere]),
    list<IService>(kubectl, ["services", everywhere]),
    list<IEndpointSlice>(kubectl, ["endpointslices", everywhere]),
  ]);
  return { namespaces, pods, services, slices };
}

/** The namespace, and what stands behind its slash: label keys have slashes of their own. */
function within(text: string): { namespace: string; rest: string } {
  const slash = text.indexOf("/");
  return { namespace: text.slice(0, slash), rest: text.slice(slash + 1) };
}

/** Asks for what runs in the namespaces. */
export async function running(kubectl: Kubectl, namespaces: readonly string[]): Promise<Running> {
  const kinds = "deployments,statefulsets,daemonsets,pods,persistentvolumeclaims";
  const objects = (
    await Promise.all(
      namespaces.map((namespace) =>
        list<LiveWorkload | IPod | IPersistentVolumeClaim>(kubectl, [kinds, "-n", namespace]),
      ),
    )
  ).flat();
  const pods = objects.filter((object): object is IPod => object.kind === "Pod");
  const claims = objects.filter((object): object is IPersistentVolumeClaim => object.kind === "PersistentVolumeClaim");
  const workloads = objects.filter(
    (object): object is LiveWorkload => object.kind !== "Pod" && object.kind !== "PersistentVolumeClaim",
  );
  return { workloads, pods, claims };
}

/** Asks for what explains why something does not run. */
export async function clues(kubectl: Kubectl, namespaces: readonly string[]): Promise<Omit<Clues, "nodes">> {
  const [storageClasses, ...warnings] = await Promise.all([
    list<IStorageClass>(kubectl, ["storageclasses"]),
    ...namespaces.map((namespace) =>
      list<IEvent>(kubectl, ["events", "-n", namespace, "--field-selector=type=Warning"]),
    ),
  ]);
  return { storageClasses, warnings: warnings.flat() };
}

/** Those of the ConfigMaps of a namespace that are there. */
export async function liveConfigMaps(
  kubectl: Kubectl,
  namespace: string,
  names: readonly string[],
): Promise<readonly IConfigMap[]> {
  // Without a name kubectl would give all that there are.
  if (names.length === 0) return [];
  const found = await kubectl.text([
    "get",
    "configmaps",
    "-n",
    namespace,
    "--ignore-not-found",
    ...names,
    "-o",
    "json",
    timeout,
  ]);
  if (found.trim() === "") return [];
  const answer = JSON.parse(found) as IConfigMap | List<IConfigMap>;
  return "items" in answer ? answer.items : [answer];
}

/** What one Prometheus says of itself. */
export interface Answers {
  readonly pod: string;
  /** Its clock, RFC 3339. */
  readonly serverTime: string;
  readonly reloadConfigSuccess: boolean;
  /** The jobs of the configuration that it runs. */
  readonly scrapePools: readonly string[];
  readonly targets: readonly ActiveTarget[];
  /** `scrape_samples_scraped` of every target; undefined of an agent, which answers no query. */
  readonly samples: readonly InstantSample[] | undefined;
}

/** Asks one Prometheus for all that it is compared by. */
export async function answersOf(api: PrometheusApi, isAgent = false): Promise<Answers> {
  const [targets, { scrapePools }, { serverTime, reloadConfigSuccess }, samples] = await Promise.all([
    api.targets(),
    api.get<Pick<Answers, "scrapePools">>("scrape_pools"),
    api.get<Pick<Answers, "serverTime" | "reloadConfigSuccess">>("status/runtimeinfo"),
    isAgent ? undefined : api.instant("scrape_samples_scraped"),
  ]);
  return { pod: api.name, serverTime, reloadConfigSuccess, scrapePools, targets, samples };
}

/** How many targets the discovery of a job found and its relabelling dropped. */
export async function droppedTargets(api: PrometheusApi, job: string): Promise<number> {
  const parameters = { state: "dropped", scrapePool: job };
  const answer = await api.get<{ droppedTargetCounts: Record<string, number> }>("targets", parameters);
  return answer.droppedTargetCounts[job] ?? 0;
}

async function list<T>(kubectl: Kubectl, args: readonly string[]): Promise<readonly T[]> {
  return (await kubectl.json<List<T>>(["get", ...args, timeout])).items;
}
