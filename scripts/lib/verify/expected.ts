import type { IEndpointSlice } from "kubernetes-models/discovery.k8s.io/v1/EndpointSlice";
import type { INode } from "kubernetes-models/v1/Node";
import type { IPod } from "kubernetes-models/v1/Pod";
import type { OutsideJob } from "../../../generators/bare-metal/outside-job.js";
import { virtualNodes } from "../../../generators/lib/virtual-nodes.js";
import { hostAndPort } from "../address.js";
import { annotatedTargets, type Workloads } from "./annotated.js";
import { nodeTrouble } from "./node-trouble.js";
import type { ExpectedTarget } from "./target.js";

/** Which targets a job must have, in the cluster or outside of it. */
export type Expectation = OutsideJob["expects"];

/** What the cluster says there is to scrape. */
export interface Inventory {
  readonly nodes: readonly INode[];
  /** Slices of one Service, by `namespace/name`. */
  readonly slices: ReadonlyMap<string, readonly IEndpointSlice[]>;
  /** Pods that have the labels of a selector, by `namespace/selector`. */
  readonly pods: ReadonlyMap<string, readonly IPod[]>;
  /** Everything that may carry annotations; absent where no job asks for them. */
  readonly workloads?: Workloads;
}

/** Namespaces and names of the Services whose endpoints are expected, each `namespace/name`; none for anything else. */
export function servicesOf(expectation: Expectation, ownNamespace: string): string[] {
  if (expectation.every !== "endpoint") return [];
  const namespace = expectation.in === "own namespace" ? ownNamespace : expectation.in;
  return [expectation.of, ...(expectation.besides ?? [])].map((name) => `${namespace}/${name}`);
}

/** Namespace and selector of the pods that are expected, `namespace/key=value,...`; undefined for anything else. */
export function podsOf(expectation: Expectation): string | undefined {
  if (expectation.every !== "pod") return undefined;
  const selector = Object.entries(expectation.labels).map(([key, value]) => `${key}=${value}`);
  return `${expectation.in}/${selector.join(",")}`;
}

/**
 * The targets that a job must have, from what the cluster says of itself; Prometheus' discovery has no part in it.
 *
 * @param path - the job's metrics_path.
 * @param ownNamespace - the namespace in which Prometheus runs.
 */
export function expectedTargets(
  expectation: Expectation,
  path: string,
  ownNamespace: string,
  { nodes, slices, pods, workloads }: Inventory,
): ExpectedTarget[] {
  switch (expectation.every) {
    case "node": {
      const { port, os, part } = expectation;
      const meant = nodes
        .filter(({ metadata }) => !isVirtual(metadata?.labels))
        .filter(({ metadata }) => os === undefined || metadata?.labels?.["kubernetes.io/os"] === os)
        .filter(({ metadata }) => part === undefined || `node-role.kubernetes.io/${part}` in (metadata?.labels ?? {}));
      return meant.flatMap((node) => nodeTarget(node, port, path));
    }
    case "pod":
      return (pods.get(podsOf(expectation) ?? "") ?? []).flatMap((pod) => podTarget(pod, expectation.port, path));
    case "address":
      return [{ owner: expectation.of, addresses: [expectation.address], path, required: true }];
    case "annotated":
      return workloads === undefined ? [] : annotatedTargets(expectation, workloads);
    // What is probed is the overlay's to say, and not the cluster's.
    case "probe":
      return [];
    case "endpoint":
      return endpointTargets(
        servicesOf(expectation, ownNamespace).flatMap((service) => slices.get(service) ?? []),
        expectation.port,
        path,
      );
    case "fixed":
      return [{ owner: expectation.owner, addresses: [expectation.at], path, required: true }];
  }
}

function isVirtual(labels: Readonly<Record<string, string>> = {}): boolean {
  return Object.entries(virtualNodes).some(([label, value]) => labels[label] === value);
}

function podTarget({ metadata, status }: IPod, port: number, path: string): ExpectedTarget[] {
  const hosts = (status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []);
  // What has ended keeps its address on paper for a while.
  if (hosts.length === 0 || status?.phase === "Failed" || status?.phase === "Succeeded") return [];
  const ready = status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True");
  const owner = `pod ${metadata?.name}`;
  const command = `kubectl -n ${metadata?.namespace} describe ${owner}`;
  return [
    {
      owner,
      addresses: hosts.map((host) => hostAndPort(host, port)),
      path,
      required: ready ?? false,
      ...(!ready && { trouble: { reason: `${owner} is not ready`, command } }),
    },
  ];
}

/** Prometheus picks the address of a node in this order, as most programs do. */
const addressTypes = ["InternalIP", "InternalDNS", "ExternalIP", "ExternalDNS", "Hostname"];

function nodeTarget(node: INode, port: "kubelet" | number, path: string): ExpectedTarget[] {
  const { metadata, status } = node;
  const type = addressTypes.find((candidate) => status?.addresses?.some((address) => address.type === candidate));
  const number = port === "kubelet" ? status?.daemonEndpoints?.kubeletEndpoint?.Port : port;
  if (type === undefined || number === undefined) return [];
  const hosts = (status?.addresses ?? []).filter((address) => address.type === type).map(({ address }) => address);
  const trouble = nodeTrouble(node);
  return [
    {
      owner: `node ${metadata?.name}`,
      addresses: hosts.map((host) => hostAndPort(host, number)),
      path,
      required: true,
      ...(trouble && { trouble }),
    },
  ];
}

function endpointTargets(slices: readonly IEndpointSlice[], portName: string, path: string): ExpectedTarget[] {
  const targets = new Map<string, ExpectedTarget>();
  for (const { endpoints, ports } of slices) {
    const port = ports?.find(({ name }) => name === portName)?.port;
    if (port === undefined) continue;
    for (const { addresses, conditions, targetRef } of endpoints ?? []) {
      const [host] = addresses;
      if (host === undefined) continue;
      const address = hostAndPort(host, port);
      // A dual-stack Service has the same pod in a slice of either family.
      const owner = targetRef === undefined ? `endpoint ${host}` : `${targetRef.kind?.toLowerCase()} ${targetRef.name}`;
      const before = targets.get(owner);
      targets.set(owner, {
        owner,
        addresses: [...(before?.addresses ?? []), address],
        path,
        // Absent means ready, says the EndpointSlice API.
        required: conditions?.ready !== false,
        ...(conditions?.ready === false && {
          trouble: {
            reason: `${owner} is not ready`,
            command: `kubectl -n ${targetRef?.namespace ?? "default"} describe ${owner}`,
          },
        }),
      });
    }
  }
  return [...targets.values()];
}
