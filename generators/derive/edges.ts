import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IService } from "kubernetes-models/v1/Service";
import type { ScrapeJob } from "../../metrics/scrape-job.js";
import type { Component } from "../lib/component.js";
import { kubeletPort } from "../lib/kubelet-port.js";

/** One end of a connection. */
export type End =
  /** The pods of a component, in the namespace of the stack. */
  | { readonly component: string }
  /** Pods that are not of the stack, in a namespace of theirs. */
  | { readonly pods: Readonly<Record<string, string>>; readonly in: string }
  /** Whatever of the host answers at a node's address: the kubelet, and pods in the host's network. */
  | "nodes"
  | "api servers"
  | "name servers"
  /** Whatever tells people, inside the cluster or outside: webhooks, chats, pagers. */
  | "receivers"
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
  /** Empty for ends whose ports are the same everywhere: API servers, name servers, receivers; or that may have any. */
  readonly ports: readonly Port[];
  /** What it is for: a scrape job, discovery, a component's word. */
  readonly reason: string;
}

/**
 * Every connection that the stack needs and no other: what the scrape jobs imply, and what the components declare.
 *
 * @param scraper name of the component that runs the jobs
 * @throws Error that names the job or component when it speaks of a Service, a port or a component that is not there.
 */
export function edges(components: readonly Component[], jobs: readonly ScrapeJob[], scraper: string): Edge[] {
  return [
    ...jobs.flatMap((job) => scrapes(job, components, scraper)),
    ...components.flatMap((one) => declared(one, components)),
  ];
}

function scrapes({ config, expects }: ScrapeJob, components: readonly Component[], scraper: string): Edge[] {
  const reason = `scrape job ${config.job_name}`;
  const from = { component: scraper };
  const discovery: Edge[] =
    config.kubernetes_sd_configs === undefined ? [] : [{ from, to: "api servers", ports: [], reason: "discovery" }];
  if (expects.every === "node") {
    const port = expects.port === "kubelet" ? kubeletPort : expects.port;
    return [...discovery, { from, to: "nodes", ports: [{ protocol: "TCP", port }], reason }];
  }
  if (expects.every === "pod") {
    const to = { pods: expects.labels, in: expects.in };
    return [...discovery, { from, to, ports: [{ protocol: "TCP", port: expects.port }], reason }];
  }
  if (expects.every === "address") {
    return [
      { from, to: expects.of, ports: [], reason },
      { from, to: "name servers", ports: [], reason },
    ];
  }
  if (expects.every === "annotated") return [...discovery, { from, to: "any pod", ports: [], reason }];
  // Prometheus asks the prober by name; what the prober asks in turn is that component's to say.
  if (expects.every === "probe") return call(scraper, expects.by, expects.port.name, components);
  if (expects.in === "default") return [...discovery, { from, to: "api servers", ports: [], reason }];
  const target = components.find((component) => serviceOf(component, expects.of) !== undefined);
  if (target === undefined) throw new Error(`${reason}: no component has a Service ${expects.of}`);
  const port = serviceOf(target, expects.of)?.spec?.ports?.find(({ name }) => name === expects.port);
  const number = portOf(target, String(port?.targetPort ?? expects.port), reason);
  return [...discovery, { from, to: { component: target.name }, ports: [number], reason }];
}

function declared(component: Component, components: readonly Component[]): Edge[] {
  const { name, calls = [], callers = {} } = component;
  const self = { component: name };
  const calling = calls.flatMap((to): Edge[] =>
    typeof to === "object"
      ? call(name, to.component, to.port, components)
      : [{ from: self, to, ports: [], reason: `${name} calls ${to}` }],
  );
  const called = Object.entries(callers).flatMap(([port, names]) =>
    names.flatMap((caller): Edge[] => {
      if (caller !== "admitted") return call(caller, name, port, components);
      const reason = `admitted calls ${name} at ${port}`;
      return [{ from: caller, to: self, ports: [portOf(component, port, reason)], reason }];
    }),
  );
  return [...calling, ...called];
}

/** One component calls another one, whose name it has to resolve first. */
function call(caller: string, callee: string, port: string, components: readonly Component[]): Edge[] {
  const reason = `${caller} calls ${callee} at ${port}`;
  const named = (name: string) => {
    const component = components.find((other) => other.name === name);
    if (component === undefined) throw new Error(`${reason}: there is no component ${name}`);
    return component;
  };
  const from = { component: named(caller).name };
  return [
    { from, to: { component: callee }, ports: [portOf(named(callee), port, reason)], reason },
    { from, to: "name servers", ports: [], reason },
  ];
}

function serviceOf({ objects }: Component, name: string): IService | undefined {
  const service = objects.find(({ kind, metadata }) => kind === "Service" && metadata?.name === name);
  return service?.toJSON() as IService | undefined;
}

const workloads = ["Deployment", "StatefulSet", "DaemonSet"];

/** A port of the component's pods by its number: not every network plugin knows names on the way out. */
function portOf({ name, objects }: Component, wanted: string, reason: string): Port {
  const ports = objects
    .filter(({ kind }) => workloads.includes(kind))
    // The pod template is in the same place in all three.
    .flatMap((object) => (object.toJSON() as IDeployment).spec?.template.spec?.containers ?? [])
    .flatMap((container) => container.ports ?? []);
  const found = ports.find((port) => port.name === wanted);
  if (found === undefined) throw new Error(`${reason}: the pods of ${name} have no port ${wanted}`);
  return { protocol: found.protocol === "UDP" ? "UDP" : "TCP", port: found.containerPort };
}
