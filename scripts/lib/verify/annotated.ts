import type { IEndpointSlice } from "kubernetes-models/discovery.k8s.io/v1/EndpointSlice";
import type { INamespace } from "kubernetes-models/v1/Namespace";
import type { IPod } from "kubernetes-models/v1/Pod";
import type { IService } from "kubernetes-models/v1/Service";
import type { Expectation } from "../../../metrics/scrape-job.js";
import { hostAndPort } from "../address.js";
import type { ExpectedTarget } from "./target.js";

/** What of the cluster may ask to be scraped, in all namespaces. */
export interface Workloads {
  readonly namespaces: readonly INamespace[];
  readonly pods: readonly IPod[];
  readonly services: readonly IService[];
  readonly slices: readonly IEndpointSlice[];
}

type Annotated = Extract<Expectation, { every: "annotated" }>;
type Annotations = Readonly<Record<string, string>> | undefined;

const word = (annotations: Annotations, name: string) => annotations?.[`prometheus.io/${name}`];

/** The targets that annotations ask for, whatever Prometheus makes of them. */
export function annotatedTargets(expectation: Annotated, workloads: Workloads): ExpectedTarget[] {
  const found = expectation.kind === "pod" ? ofPods(expectation, workloads) : ofServices(expectation, workloads);
  // Two Services may lead to one port of a pod, which is one target then.
  return [...new Map(found.map((target) => [`${target.addresses}${target.path}`, target])).values()];
}

function ofPods(expectation: Annotated, workloads: Workloads): ExpectedTarget[] {
  return workloads.pods
    .filter((pod) => counts(expectation, workloads, pod.metadata?.namespace) && runs(pod))
    .filter(({ metadata }) => word(metadata?.annotations, "scrape") === "true")
    .flatMap((pod) => {
      const { containers = [], initContainers = [] } = pod.spec ?? {};
      const declared = [...containers, ...initContainers]
        .flatMap(({ ports = [] }) => ports)
        .filter(({ protocol = "TCP" }) => protocol === "TCP")
        .map(({ containerPort }) => containerPort);
      return portsOf(pod.metadata?.annotations, declared).map((port) => targetOf(pod, port, pod.metadata?.annotations));
    });
}

function ofServices(expectation: Annotated, workloads: Workloads): ExpectedTarget[] {
  const annotated = workloads.services.filter(
    ({ metadata }) =>
      counts(expectation, workloads, metadata?.namespace) && word(metadata?.annotations, "scrape") === "true",
  );
  return annotated.flatMap(({ metadata }) =>
    workloads.slices
      .filter(
        (slice) =>
          slice.metadata?.namespace === metadata?.namespace &&
          slice.metadata?.labels?.["kubernetes.io/service-name"] === metadata?.name,
      )
      .flatMap((slice) => ofSlice(slice, metadata?.annotations, workloads)),
  );
}

function ofSlice(
  { endpoints, ports, metadata }: IEndpointSlice,
  annotations: Annotations,
  { pods }: Workloads,
): ExpectedTarget[] {
  const declared = (ports ?? []).filter(({ protocol = "TCP" }) => protocol === "TCP").flatMap(({ port }) => port ?? []);
  return (endpoints ?? []).flatMap(({ targetRef }) => {
    const pod = pods.find(
      (one) => one.metadata?.name === targetRef?.name && one.metadata?.namespace === metadata?.namespace,
    );
    // A pod's own annotation counts first: with `true` it is a target of the other job, with `false` of none.
    if (pod === undefined || !runs(pod) || word(pod.metadata?.annotations, "scrape") !== undefined) return [];
    return portsOf(annotations, declared).map((port) => targetOf(pod, port, annotations));
  });
}

function counts(
  { namespaces, excludedNamespaces }: Annotated,
  { namespaces: existing }: Workloads,
  namespace = "default",
): boolean {
  const own = existing.find(({ metadata }) => metadata?.name === namespace);
  return (
    (namespaces.length === 0 || namespaces.includes(namespace)) &&
    !excludedNamespaces.includes(namespace) &&
    word(own?.metadata?.annotations, "scrape") !== "false"
  );
}

function runs({ status }: IPod): boolean {
  return status?.podIP !== undefined && status.phase !== "Succeeded" && status.phase !== "Failed";
}

function portsOf(annotations: Annotations, declared: readonly number[]): readonly number[] {
  const said = word(annotations, "port");
  return said !== undefined && /^\d+$/.test(said) ? [Number(said)] : declared;
}

function targetOf({ metadata, status }: IPod, port: number, annotations: Annotations): ExpectedTarget {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const owner = `pod ${metadata?.name} of ${metadata?.namespace}`;
  return {
    owner,
    addresses: [hostAndPort(status?.podIP ?? "", port)],
    path: `/${(word(annotations, "path") ?? "/metrics").replace(/^\//, "")}`,
    required: ready?.status === "True",
    ...(ready?.status !== "True" && {
      trouble: {
        reason: `${owner} is not ready`,
        command: `kubectl -n ${metadata?.namespace} describe pod ${metadata?.name}`,
      },
    }),
  };
}
