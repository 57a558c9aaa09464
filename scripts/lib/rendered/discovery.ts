import type { ILabelSelector } from "@kubernetes-models/apimachinery/apis/meta/v1/LabelSelector";
import type { Discovery } from "../../../generators/derive/access.js";
import type { TargetLabels } from "../../../metrics/relabelling.js";
import { selects } from "./label-selector.js";
import { ofKind, type Rendered } from "./objects.js";
import { selectedBy } from "./services.js";
import { type Workload, workloadsOf } from "./workloads.js";

/**
 * What the API server would tell Prometheus of the rendered objects. Each workload has one pod, whose address is made up:
 * it leads back to the workload.
 */
export class RenderedCluster {
  readonly workloads: readonly Workload[];
  readonly #objects: Rendered["objects"];

  constructor({ objects }: Pick<Rendered, "objects">) {
    this.#objects = objects;
    this.workloads = workloadsOf({ objects });
  }

  /** The workload whose pod has an address of {@link discovered}. */
  at(address: string): Workload | undefined {
    return this.workloads.find((_, index) => addressOf(index) === address);
  }

  /** Whether the overlay brings pods or Services into a namespace, so that what a text names there should be rendered. */
  owns(namespace: string): boolean {
    if (["default", "kube-system"].includes(namespace)) return false;
    return [...this.workloads, ...this.services.map(({ metadata }) => metadata)].some(
      (one) => one.namespace === namespace,
    );
  }

  get services() {
    return ofKind(this.#objects, "v1/Service");
  }

  /** The targets that a discovery finds among what is rendered, before relabelling. */
  discovered(discovery: Discovery, ownNamespace: string): TargetLabels[] {
    const { role, namespaces } = discovery;
    if (role === "node") return [node];
    if (role === "ingress") return [];
    const names = [...(namespaces?.names ?? []), ...(namespaces?.own_namespace ? [ownNamespace] : [])];
    const within = (namespace: string | undefined) =>
      names.length === 0 || (namespace !== undefined && names.includes(namespace));
    if (role === "pod") {
      return this.workloads
        .filter((workload) => within(workload.namespace) && selected(discovery, "pod", workload.labels))
        .flatMap((workload) => this.#podTargets(workload));
    }
    return this.services
      .filter(
        ({ metadata }) => within(metadata.namespace) && selected(discovery, role, metadata.labels ?? {}, metadata.name),
      )
      .flatMap((service) => {
        const { name, namespace = "", labels, annotations } = service.metadata;
        const own: [string, string | undefined][] = [
          ["__meta_kubernetes_namespace", namespace],
          ["__meta_kubernetes_service_name", name],
          ...meta("service_label", labels ?? {}),
          ...meta("service_annotation", annotations ?? {}),
        ];
        return (service.spec?.ports ?? []).flatMap((port): TargetLabels[] => {
          if (role === "service") {
            const more = [
              ["__address__", `${name}.${namespace}.svc:${port.port}`],
              ["__meta_kubernetes_service_port_name", port.name ?? ""],
              ["__meta_kubernetes_service_port_number", `${port.port}`],
            ] as const;
            return [new Map([...own, ...more])];
          }
          return (selectedBy(service, this.workloads) ?? []).map((workload) => {
            const number = portNumber(workload, port.targetPort ?? port.port);
            return new Map([
              ...own,
              ...this.#pod(workload),
              ["__address__", `${this.#addressOf(workload)}:${number ?? port.port}`],
              ["__meta_kubernetes_endpointslice_port_name", port.name ?? ""],
              ["__meta_kubernetes_endpointslice_port", `${number ?? port.port}`],
              ["__meta_kubernetes_endpointslice_port_protocol", port.protocol ?? "TCP"],
              // The same in role `endpoints`.
              ["__meta_kubernetes_endpoint_port_name", port.name ?? ""],
              ["__meta_kubernetes_endpoints_name", name],
            ]);
          });
        });
      });
  }

  #podTargets(workload: Workload): TargetLabels[] {
    return workload.containers.flatMap(({ name, image, ports = [] }) => {
      const own: [string, string | undefined][] = [
        ...this.#pod(workload),
        ["__meta_kubernetes_pod_container_name", name],
        ["__meta_kubernetes_pod_container_image", image],
      ];
      const address = this.#addressOf(workload);
      if (ports.length === 0) return [new Map([...own, ["__address__", address]])];
      return ports.map(
        (port) =>
          new Map([
            ...own,
            ["__address__", `${address}:${port.containerPort}`],
            ["__meta_kubernetes_pod_container_port_name", port.name ?? ""],
            ["__meta_kubernetes_pod_container_port_number", `${port.containerPort}`],
            ["__meta_kubernetes_pod_container_port_protocol", port.protocol ?? "TCP"],
          ]),
      );
    });
  }

  #pod(workload: Workload): [string, string | undefined][] {
    return [
      ["__meta_kubernetes_namespace", workload.namespace],
      ["__meta_kubernetes_pod_ip", this.#addressOf(workload)],
      ["__meta_kubernetes_pod_phase", "Running"],
      ["__meta_kubernetes_pod_ready", "true"],
      ["__meta_kubernetes_endpointslice_endpoint_conditions_ready", "true"],
      ...meta("pod_label", workload.labels),
      ...meta("pod_annotation", workload.annotations ?? {}),
    ];
  }

  #addressOf(workload: Workload): string {
    return addressOf(this.workloads.indexOf(workload));
  }
}

/** The address of a made-up Linux node. */
export const nodeAddress = "192.0.2.1";

const node: TargetLabels = new Map([
  ["__address__", `${nodeAddress}:10250`],
  ["__meta_kubernetes_node_label_kubernetes_io_os", "linux"],
]);

function addressOf(index: number): string {
  return `10.1.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

/** The number of a port of a pod that a Service or probe names; undefined where the pod has none of that name. */
export function portNumber({ containers }: Workload, port: string | number): number | undefined {
  if (typeof port === "number") return port;
  return containers.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === port)?.containerPort;
}

function meta(kind: string, values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).flatMap(([key, value]) => {
    const name = key.replace(/[^A-Za-z0-9_]/g, "_");
    const [what, which] = kind.split("_");
    return [
      [`__meta_kubernetes_${kind}_${name}`, value],
      [`__meta_kubernetes_${what}_${which}present_${name}`, "true"],
    ];
  });
}

/** Whether the selectors of a discovery let an object through; those that are about nodes or fields of a status do. */
function selected(
  { selectors = [] }: Discovery,
  role: string,
  labels: Readonly<Record<string, string>>,
  name?: string,
): boolean {
  return selectors
    .filter((selector) => selector.role === role || (role === "endpointslice" && selector.role === "service"))
    .every(({ label, field }) => {
      const named = /^metadata\.name=([^,]+)$/.exec(field ?? "")?.[1];
      if (named !== undefined && name !== undefined && named !== name) return false;
      return (
        label === undefined ||
        selects(parsed(label), { ...labels, ...(name && { "kubernetes.io/service-name": name }) })
      );
    });
}

/** A label selector as text: `a=b,c!=d,e,!f,g in (h,i)`. */
function parsed(text: string): ILabelSelector {
  const terms = text.match(/[^,(]+(\([^)]*\))?/g) ?? [];
  return {
    matchExpressions: terms.map((term) => {
      const [, key = "", verb, list = ""] = /^\s*(\S+)\s+(in|notin)\s*\(([^)]*)\)/.exec(term) ?? [];
      if (verb !== undefined) {
        return { key, operator: verb === "in" ? "In" : "NotIn", values: list.split(",").map((value) => value.trim()) };
      }
      const [, not, name = "", operator, value = ""] =
        /^\s*(!)?\s*([^=!\s]+)\s*(==|=|!=)?\s*(.*?)\s*$/.exec(term) ?? [];
      if (operator === undefined) return { key: name, operator: not === undefined ? "Exists" : "DoesNotExist" };
      return { key: name, operator: operator === "!=" ? "NotIn" : "In", values: [value] };
    }),
  };
}
