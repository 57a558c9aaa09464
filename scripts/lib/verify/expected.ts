import type { IEndpointSlice } from "kubernetes-models/discovery.k8s.io/v1/EndpointSlice";
import type { INode } from "kubernetes-models/v1/Node";
import type { Expectation } from "../../../generators/prometheus/types.js";
import { hostAndPort } from "./address.js";

/** One thing that must be scraped exactly once. */
export interface ExpectedTarget {
  /** Whose it is: `node worker-1`, `pod prometheus-0`. */
  readonly owner: string;
  /**
   * Each `host:port` at which it can be scraped. More than one where the cluster speaks IPv4 and IPv6: a target at one of
   * them is right, a target at each would scrape the same thing twice.
   */
  readonly addresses: readonly string[];
  readonly path: string;
  /** False for an endpoint that is not ready: a target for it is no surprise, and none is no loss. */
  readonly required: boolean;
  /** What the cluster itself says is wrong with the owner, and the command that tells more. */
  readonly trouble?: { readonly reason: string; readonly command: string };
}

/** What the cluster says there is to scrape. */
export interface Inventory {
  readonly nodes: readonly INode[];
  /** Slices of one Service, by `namespace/name`. */
  readonly slices: ReadonlyMap<string, readonly IEndpointSlice[]>;
}

/** Namespace and name of the Service whose endpoints are expected, `namespace/name`; undefined for nodes. */
export function serviceOf(expectation: Expectation, ownNamespace: string): string | undefined {
  if (expectation.every === "node") return undefined;
  return `${expectation.in === "own namespace" ? ownNamespace : expectation.in}/${expectation.of}`;
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
  { nodes, slices }: Inventory,
): ExpectedTarget[] {
  if (expectation.every === "node") {
    const { port, os } = expectation;
    const meant = nodes.filter(({ metadata }) => os === undefined || metadata?.labels?.["kubernetes.io/os"] === os);
    return meant.flatMap((node) => nodeTarget(node, port, path));
  }
  const service = serviceOf(expectation, ownNamespace);
  return endpointTargets(slices.get(service ?? "") ?? [], expectation.port, path);
}

/** In this order Prometheus picks the address of a node; so do most things that must reach one. */
const addressTypes = ["InternalIP", "InternalDNS", "ExternalIP", "ExternalDNS", "Hostname"];

function nodeTarget({ metadata, status }: INode, port: "kubelet" | number, path: string): ExpectedTarget[] {
  const type = addressTypes.find((candidate) => status?.addresses?.some((address) => address.type === candidate));
  const number = port === "kubelet" ? status?.daemonEndpoints?.kubeletEndpoint?.Port : port;
  if (type === undefined || number === undefined) return [];
  const hosts = (status?.addresses ?? []).filter((address) => address.type === type).map(({ address }) => address);
  const ready = status?.conditions?.find((condition) => condition.type === "Ready");
  const owner = `node ${metadata?.name}`;
  return [
    {
      owner,
      addresses: hosts.map((host) => hostAndPort(host, number)),
      path,
      required: true,
      ...(ready?.status !== "True" && {
        trouble: {
          reason: `${owner} is not Ready${ready?.message ? `: ${ready.message}` : ""}`,
          command: `kubectl describe ${owner}`,
        },
      }),
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
