import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IService } from "kubernetes-models/v1/Service";
import type { ScrapeJob } from "../../metrics/scrape-job.js";
import type { Base } from "../lib/base-and-component.js";
import { kubeletPort } from "../lib/kubelet-port.js";

/** One end of a connection. */
export type End =
  /** The pods of a base, in the namespace of the stack. */
  | { readonly base: string }
  /** Pods that are not of the stack, in a namespace of theirs: all of them without labels. */
  | { readonly pods: Readonly<Record<string, string>>; readonly in: string }
  /** What has an address of a block, as `192.0.2.1/32`. */
  | { readonly block: string }
  /** Whatever pods of the namespace of the stack. */
  | "own pods"
  /** Whatever of the host answers at a node's address: the kubelet, and pods in the host's network. */
  | "nodes"
  | "api servers"
  | "name servers"
  /** Whatever tells people, inside the cluster or outside: webhooks, chats, pagers. */
  | "receivers"
  /** Where blocks of samples are kept, inside the cluster or outside. */
  | "object store"
  /** Pods of whatever namespace, at whatever port they name. */
  | "any pod"
  /** Whatever has an address, inside the cluster or outside. */
  | "anything"
  /** Pods of a namespace that was let in by its label: an ingress controller, people's tools. */
  | "admitted";

/** A port of a pod. */
export interface Port {
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
}

/** A connection that the stack needs. */
export interface Edge {
  readonly from: End;
  readonly to: End;
  /** Empty for ends whose ports are the same everywhere: API servers, name servers, receivers, object stores; or that may have any. */
  readonly ports: readonly Port[];
  readonly purpose: Purpose;
}

/** What a connection is for: that a job finds its targets, that it scrapes them, or that one calls another. */
export type Purpose =
  | "discovery"
  | { readonly job: string }
  | { readonly caller: string; readonly callee: string; readonly port?: string };

/** A purpose as documents and errors say it. */
export function inWords(purpose: Purpose): string {
  if (typeof purpose !== "object") return purpose;
  if ("job" in purpose) return `scrape job ${purpose.job}`;
  const { caller, callee, port } = purpose;
  return `${caller} calls ${callee}${port === undefined ? "" : ` at ${port}`}`;
}

/**
 * Every connection that the stack needs and no other: what the scrape jobs imply, and what the bases declare.
 *
 * @param scraper name of the base that runs the jobs
 * @throws Error that names the job or base when it speaks of a Service, a port or a base that is not there.
 */
export function edges(bases: readonly Base[], jobs: readonly ScrapeJob[], scraper: string): Edge[] {
  return [...jobs.flatMap((job) => scrapes(job, bases, scraper)), ...bases.flatMap((one) => declared(one, bases))];
}

function scrapes({ config, expects }: ScrapeJob, bases: readonly Base[], scraper: string): Edge[] {
  const purpose = { job: config.job_name };
  const from = { base: scraper };
  const discovery: Edge[] =
    config.kubernetes_sd_configs === undefined ? [] : [{ from, to: "api servers", ports: [], purpose: "discovery" }];
  if (expects.every === "node") {
    const port = expects.port === "kubelet" ? kubeletPort : expects.port;
    return [...discovery, { from, to: "nodes", ports: [{ protocol: "TCP", port }], purpose }];
  }
  if (expects.every === "pod") {
    const to = { pods: expects.labels, in: expects.in };
    return [...discovery, { from, to, ports: [{ protocol: "TCP", port: expects.port }], purpose }];
  }
  if (expects.every === "address") {
    return [
      { from, to: expects.of, ports: [], purpose },
      { from, to: "name servers", ports: [], purpose },
    ];
  }
  if (expects.every === "annotated") return [...discovery, { from, to: "any pod", ports: [], purpose }];
  // Prometheus asks the prober by name; what the prober asks in turn is that base's to say.
  if (expects.every === "probe") return call(scraper, expects.by, expects.port.name, bases);
  if (expects.in === "default") return [...discovery, { from, to: "api servers", ports: [], purpose }];
  const target = bases.find((base) => serviceOf(base, expects.of) !== undefined);
  if (target === undefined) throw new Error(`${inWords(purpose)}: no base has a Service ${expects.of}`);
  const port = serviceOf(target, expects.of)?.spec?.ports?.find(({ name }) => name === expects.port);
  const number = portOf(target, String(port?.targetPort ?? expects.port), purpose);
  return [...discovery, { from, to: { base: target.name }, ports: [number], purpose }];
}

function declared(base: Base, bases: readonly Base[]): Edge[] {
  const { name, calls = [], callers = {} } = base;
  const self = { base: name };
  const calling = calls.flatMap((to): Edge[] =>
    typeof to === "object"
      ? call(name, to.base, to.port, bases)
      : [{ from: self, to, ports: [], purpose: { caller: name, callee: to } }],
  );
  const called = Object.entries(callers).flatMap(([port, names]) =>
    names.flatMap((caller): Edge[] => {
      if (caller !== "admitted") return call(caller, name, port, bases);
      const purpose = { caller, callee: name, port };
      return [{ from: caller, to: self, ports: [portOf(base, port, purpose)], purpose }];
    }),
  );
  return [...calling, ...called];
}

/** One base calls another one, whose name it has to resolve first. */
function call(caller: string, callee: string, port: string, bases: readonly Base[]): Edge[] {
  const purpose = { caller, callee, port };
  const named = (name: string) => {
    const base = bases.find((other) => other.name === name);
    if (base === undefined) throw new Error(`${inWords(purpose)}: there is no base ${name}`);
    return base;
  };
  const from = { base: named(caller).name };
  return [
    { from, to: { base: callee }, ports: [portOf(named(callee), port, purpose)], purpose },
    { from, to: "name servers", ports: [], purpose },
  ];
}

function serviceOf({ objects }: Base, name: string): IService | undefined {
  const service = objects.find(({ kind, metadata }) => kind === "Service" && metadata?.name === name);
  return service?.toJSON() as IService | undefined;
}

const workloads = ["Deployment", "StatefulSet", "DaemonSet"];

/** A port of the base's pods by its number: not every network plugin knows names on the way out. */
function portOf({ name, objects }: Base, wanted: string, purpose: Purpose): Port {
  const ports = objects
    .filter(({ kind }) => workloads.includes(kind))
    // The pod template is in the same place in all three.
    .flatMap((object) => (object.toJSON() as IDeployment).spec?.template.spec?.containers ?? [])
    .flatMap((container) => container.ports ?? []);
  const found = ports.find((port) => port.name === wanted);
  if (found === undefined) throw new Error(`${inWords(purpose)}: the pods of ${name} have no port ${wanted}`);
  return { protocol: found.protocol === "UDP" ? "UDP" : "TCP", port: found.containerPort };
}
