import type { IService } from "kubernetes-models/v1/Service";
import type { TargetGroup } from "../../../generators/derive/own-jobs.js";
import { type RelabelStep, relabel, type TargetLabels } from "../../../metrics/relabelling.js";
import { remembered } from "../../../metrics/remembered.js";
import { projectSettings } from "../settings.js";
import { isDeclared } from "./declared.js";
import { nodeAddress, portNumber, RenderedCluster } from "./discovery.js";
import { matches } from "./glob.js";
import { type Address, addressIn, type Host, resolveHost, urlsIn } from "./hosts.js";
import { type MountedFile, mountedIn } from "./mounted.js";
import type { Rendered } from "./objects.js";
import { type Client, parsed, prometheusesOf, type RenderedPrometheus } from "./prometheus.js";
import { selectedBy } from "./services.js";
import { withoutShares } from "./shares.js";
import { environmentOf, expand } from "./variables.js";
import type { Workload } from "./workloads.js";

/** Where something that is asked is. */
export type Place =
  | { readonly workload: Workload }
  /** Pods of a namespace that is not of the overlay. */
  | { readonly namespace: string }
  /** The nodes themselves, or what has an address outside of the cluster. */
  | "node"
  | "elsewhere";

/** One thing that a pod of the overlay asks, by what its configuration says. */
export interface Connection {
  /** What asks: `job kubelet`, `datasources.yml`, `--cluster.peer`. */
  readonly who: string;
  /** The object that says so, and its file where it is a ConfigMap. */
  readonly object: string;
  readonly file?: MountedFile;
  readonly from: Workload;
  readonly to: Place;
  /** Undefined where only the cluster knows it. */
  readonly port: number | undefined;
  /** Where the text names a host: it has to be resolved first. */
  readonly address?: Address;
  /** The Prometheus' client that it is of. */
  readonly client?: Client;
}

/** A name in a text that leads to nothing of what was rendered. */
export interface Dangling {
  readonly who: string;
  readonly object: string;
  readonly file?: MountedFile;
  /** What the text says. */
  readonly keeps: string;
  /** The object that it should lead to; undefined where a text selects rather than names. */
  readonly missing?: string;
  /** The ports of the Service that is there, where the text names another one. */
  readonly ports?: string;
  /** The namespace in which it looks. */
  readonly namespace: string;
}

/** Everything that the texts of an overlay connect to. */
export interface Connections {
  readonly cluster: RenderedCluster;
  readonly connections: readonly Connection[];
  readonly dangling: readonly Dangling[];
}

type Asker = Pick<Connection, "who" | "object" | "from"> & { readonly file?: MountedFile; readonly client?: Client };

/** Reads out of what was rendered what connects to what; every check gets the same answer. */
export const connectionsOf = remembered((rendered: Rendered): Connections => {
  const cluster = new RenderedCluster(rendered);
  const connections: Connection[] = [];
  const dangling: Dangling[] = [];
  const ask = (asker: Asker, address: Address) => {
    const namespace = asker.from.namespace ?? "default";
    const host = resolveHost(address.host, namespace, cluster, rendered);
    if (typeof host === "object" && "missing" in host) {
      dangling.push({ ...asker, keeps: address.text, missing: host.missing, namespace });
    } else if (typeof host === "object" && "service" in host && closedAt(host.service, address)) {
      const { metadata, spec } = host.service;
      const ports = (spec?.ports ?? []).map(({ name, port }) => (name ? `${name}=${port}` : port)).join(", ");
      dangling.push({
        ...asker,
        keeps: address.text,
        missing: `Service ${namespace}/${metadata.name}`,
        ports,
        namespace,
      });
    } else connections.push(...placesOf(host, address, cluster).map((to) => ({ ...asker, ...to, address })));
  };
  const prometheuses = prometheusesOf(rendered);
  for (const prometheus of prometheuses) {
    const { workload } = prometheus;
    for (const client of prometheus.clients) {
      const asker = { who: client.who, object: client.file.object, file: client.file, from: workload, client };
      const { targets, nothing, foreign } = targetsOf(client, prometheus, cluster, rendered);
      connections.push(...foreign.map((one) => ({ ...asker, ...one })));
      dangling.push(...nothing.map((one) => ({ ...asker, ...one })));
      for (const target of targets) {
        const found = placeOf(target, cluster);
        if (found === undefined) continue;
        if ("host" in found) ask(asker, found);
        else connections.push({ ...asker, ...found });
      }
      for (const probe of targets.flatMap((target) => probeOf(target, cluster, prometheus, rendered) ?? [])) {
        const file = prometheus.mounted.files.get(probe.path) ?? client.file;
        const who = `a probe of ${client.who} in ${file.key}`;
        ask({ ...asker, who, file, object: file.object, from: probe.from }, probe.address);
      }
    }
  }
  const scraped = new Set(prometheuses.flatMap(({ clients, rules }) => [...clients.map(({ file }) => file), ...rules]));
  const isTargets = ({ text, key }: MountedFile) => /\.ya?ml$/.test(key) && /^- /m.test(text) && !/^\w/m.test(text);
  const mains = new Set(prometheuses.map(({ main }) => main));
  for (const workload of cluster.workloads) {
    for (const { asker, address } of textsOf(workload, rendered)) {
      const file = asker.file;
      if (file !== undefined && (isTargets(file) || (scraped.has(file) && !mains.has(file)))) continue;
      ask(asker, address);
    }
  }
  return { cluster, connections, dangling };
});

/** Whether a Service has no such port. Behind a headless one there are the pods' own, whatever it says. */
function closedAt({ spec }: IService, { port }: Address): boolean {
  if (port === undefined || spec?.clusterIP === "None" || spec?.type === "ExternalName") return false;
  return spec?.ports?.every((one) => one.port !== port) ?? false;
}

/** What a name that was resolved leads to, at a port of the pods behind it. */
function placesOf(host: Host, { port }: Address, cluster: RenderedCluster): Pick<Connection, "to" | "port">[] {
  if (host === "itself") return [];
  if (host === "elsewhere") return [{ to: "elsewhere", port }];
  if ("namespace" in host) return [{ to: { namespace: host.namespace }, port }];
  if ("missing" in host) return [];
  const { spec } = host.service;
  const found = spec?.ports?.find((one) => one.port === port);
  return (selectedBy(host.service, cluster.workloads) ?? []).map((workload) => ({
    to: { workload },
    // Behind a headless Service there are the pods' own ports.
    port:
      spec?.clusterIP === "None" || found === undefined ? port : portNumber(workload, found.targetPort ?? found.port),
  }));
}

/** Where a target is after relabelling: a place, an address to resolve, or undefined where only the cluster knows. */
function placeOf(
  target: TargetLabels,
  cluster: RenderedCluster,
): Pick<Connection, "to" | "port"> | Address | undefined {
  const text = target.get("__address__");
  if (text === undefined) return undefined;
  const scheme = target.get("__scheme__") === "https" ? 443 : 80;
  const address = addressIn(text) ?? { text, host: text, port: scheme };
  if (address.host === nodeAddress) return { to: "node", port: address.port };
  const workload = cluster.at(address.host);
  return workload === undefined ? address : { to: { workload }, port: address.port };
}

/** What a prober of the overlay is asked to ask. */
function probeOf(target: TargetLabels, cluster: RenderedCluster, { workload }: RenderedPrometheus, rendered: Rendered) {
  const text = target.get("__param_target");
  const by = target.get("__address__");
  const address = text === undefined ? undefined : (addressIn(text) ?? { text, host: text, port: undefined });
  const prober = by === undefined ? undefined : addressIn(by);
  if (address === undefined || prober === undefined) return undefined;
  const host = resolveHost(prober.host, workload.namespace ?? "default", cluster, rendered);
  const [place] = placesOf(host, prober, cluster);
  const from =
    place !== undefined && typeof place.to === "object" && "workload" in place.to
      ? place.to.workload
      : cluster.at(prober.host);
  return from === undefined ? undefined : { address, from, path: target.get("__meta_filepath") ?? "" };
}

/** The targets of a client after relabelling; or why a discovery that must find something finds nothing. */
function targetsOf(
  { config }: Client,
  { workload, mounted }: RenderedPrometheus,
  cluster: RenderedCluster,
  rendered: Rendered,
) {
  const own = workload.namespace ?? "default";
  const params = Object.entries(config.params ?? {}).map(
    ([name, [value = ""] = []]) => [`__param_${name}`, value] as const,
  );
  const common = [
    ["job", config.job_name ?? ""],
    ["__scheme__", config.scheme ?? "http"],
    ["__metrics_path__", config.metrics_path ?? "/metrics"],
    ...params,
  ] as const;
  const steps = withoutShares(config.relabel_configs ?? []);
  const apply = (found: readonly TargetLabels[]) =>
    found.map((labels) => relabel(new Map([...common, ...labels]), steps));
  const kept = (all: ReturnType<typeof apply>) => all.flatMap((one) => ("labels" in one ? [one.labels] : []));

  const files = [...mounted.files].filter(([path]) =>
    (config.file_sd_configs ?? []).some((sd) => sd.files?.some((pattern) => matches(pattern, path))),
  );
  const groups = [
    ...(config.static_configs ?? []).map((group) => ({ group, path: "" })),
    ...files.flatMap(([path, file]) => targetGroups(file).map((group) => ({ group, path }))),
  ];
  const written = groups.flatMap(({ group: { targets = [], labels = {} }, path }) =>
    targets.map(
      (target): TargetLabels =>
        new Map([...Object.entries(labels), ["__meta_filepath", path] as const, ["__address__", target]]),
    ),
  );
  const resolved = (config.dns_sd_configs ?? []).flatMap(({ names = [], port }) =>
    names.map((name): TargetLabels => new Map([["__address__", port === undefined ? name : `${name}:${port}`]])),
  );
  const nothing: Pick<Dangling, "keeps" | "missing" | "namespace">[] = [];
  const discovered = (config.kubernetes_sd_configs ?? []).flatMap((discovery) => {
    const found = cluster.discovered(discovery, own);
    const all = apply(found);
    const { namespaces, role, api_server } = discovery;
    const within = [...(namespaces?.names ?? []), ...(namespaces?.own_namespace ? [own] : [])];
    const ours = api_server === undefined && within.length > 0 && within.every((name) => cluster.owns(name));
    if (role !== "node" && ours && kept(all).length === 0) {
      const keeps = keptBy(all, steps);
      const known = keeps?.values.some((value) =>
        within.some((name) => isDeclared(rendered, `Service ${name}/${value}`)),
      );
      if (keeps !== undefined && !known) nothing.push({ keeps: keeps.words, namespace: within.join(", ") });
    }
    return kept(all);
  });
  const left = (config.kubernetes_sd_configs ?? [])
    .flatMap(({ namespaces }) => namespaces?.names ?? [])
    .filter((namespace) => namespace === projectSettings().namespace && !cluster.owns(namespace))
    .filter((namespace) => !isDeclared(rendered, `Namespace ${namespace}`));
  nothing.push(...left.map((name) => ({ keeps: `namespace ${name}`, missing: `Namespace ${name}`, namespace: name })));
  const foreign = (config.kubernetes_sd_configs ?? [])
    .filter(({ role, api_server }) => role !== "node" && api_server === undefined)
    .flatMap(({ namespaces }) => namespaces?.names ?? [])
    // What answers behind the Service of namespace default is no pod, but the API servers.
    .filter((namespace) => namespace !== "default" && !cluster.owns(namespace))
    .map((namespace) => ({ to: { namespace }, port: keptPort(steps) }));
  return { targets: [...discovered, ...kept(apply([...written, ...resolved]))], nothing, foreign };
}

/** The port that discovered pods are asked at, where the steps keep one by its number. */
function keptPort(steps: readonly RelabelStep[]): number | undefined {
  const step = steps.find(
    ({ action, source_labels }) => action === "keep" && /port_number$/.test(source_labels?.join() ?? ""),
  );
  return /^\d+$/.test(`${step?.regex}`) ? Number(step?.regex) : undefined;
}

function targetGroups(file: MountedFile): readonly TargetGroup[] {
  const groups = parsed(file);
  return Array.isArray(groups) ? (groups as TargetGroup[]) : [];
}

/** What the steps ask of an object's name, label or port, where no object has it; undefined where they ask something else. */
function keptBy(
  all: ReturnType<typeof relabel>[],
  steps: readonly RelabelStep[],
): { words: string; values: readonly string[] } | undefined {
  const dropping = all.flatMap((one) => ("droppedBy" in one ? [steps.indexOf(one.droppedBy)] : []));
  const step =
    steps[dropping.length === 0 ? steps.findIndex(({ action }) => action === "keep") : Math.max(...dropping)];
  if (step === undefined || step.action?.toLowerCase() !== "keep") return undefined;
  const labels = step.source_labels ?? [];
  const values = `${step.regex ?? ""}`.split(step.separator ?? ";");
  // A pattern, or annotations that anybody may have, say of no object that it must be there.
  if (values.length !== labels.length || !values.every((value) => /^[\w./-]+$/.test(value))) return undefined;
  const words = labels.map((label, index) => wordsOf(label, values[index] ?? ""));
  if (!words.every((word) => word !== undefined)) return undefined;
  return { words: words.join(" at "), values };
}

function wordsOf(label: string, value: string): string | undefined {
  if (/^__meta_kubernetes_(service|endpoints)_name$/.test(label)) return `Service ${value}`;
  if (label === "__meta_kubernetes_pod_name") return `pod ${value}`;
  if (/(port_name|container_port_number|endpointslice_port)$/.test(label)) return `port ${value}`;
  const [, kind, name] = /^__meta_kubernetes_(service|pod)_label_(\w+)$/.exec(label) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  const key = name.replace(/^app_kubernetes_io_/, "app.kubernetes.io/");
  return `${kind === "service" ? "Services" : "pods"} with ${key}=${value}`;
}

/** Where people reach the server, which the server itself does not ask. */
const seenFromOutside = /external.?url|root.?url|listen/i;

/** Links for people, in Alertmanager's configuration and Grafana's. */
const links =
  /^\s*[#;]|^\s*-?\s*["']?(\w*_link|\w*icon_url|image_url|thumb_url|client_url|href|runbook_url|dashboard_url|root_url|external_url)\b/;

/** Flags and variables whose value, without a scheme, is somebody's address. */
const addressed = /peer|addr|url|server|endpoint|host|target|upstream|store|remote/i;

/** What the arguments, variables and mounted files of a workload name. */
function textsOf(workload: Workload, { objects }: Rendered): { asker: Asker; address: Address }[] {
  return workload.containers.flatMap((container) => {
    const environment = environmentOf(container, workload.namespace, objects);
    const from = { object: workload.object, from: workload };
    const args = [...(container.command ?? []), ...(container.args ?? [])].flatMap((text) => {
      const value = expand(text, environment).text ?? "";
      const [, flag = "", named = ""] = /^(--?[\w.-]+)=(.*)$/.exec(value) ?? [];
      if (seenFromOutside.test(flag)) return [];
      const plain = addressed.test(flag) ? addressIn(named) : undefined;
      const who = `container ${container.name} by ${flag === "" ? "its arguments" : flag}`;
      return (plain ? [plain] : urlsIn(value)).map((address) => ({ asker: { ...from, who }, address }));
    });
    const variables = [...environment.variables].flatMap(([name, value = ""]) => {
      if (seenFromOutside.test(name)) return [];
      const plain = addressed.test(name) ? addressIn(value) : undefined;
      const who = `container ${container.name} by its variable ${name}`;
      return (plain ? [plain] : urlsIn(value)).map((address) => ({ asker: { ...from, who }, address }));
    });
    const files = [...mountedIn(container, workload, objects).files.values()]
      .filter(({ key }) => !/\.(json|tmpl|html)$/.test(key))
      .filter(({ text }) => !/^groups:/m.test(text))
      .flatMap((file) => {
        const lines = file.text.split("\n").filter((line) => !links.test(line));
        return [...urlsIn(lines.join("\n")), ...lines.flatMap(withoutScheme)].map((address) => ({
          asker: { who: file.key, object: file.object, file, from: workload },
          address,
        }));
      });
    return [...args, ...variables, ...files];
  });
}

/** The address of a line such as `address: dns+thanos-sidecar:10901` or `smarthost: mail.example.com:587`. */
function withoutScheme(line: string): Address[] {
  const [, text = ""] =
    /^\s*(?:- address|(?:- )?(?:smtp_)?smarthost): ["']?(?:dns(?:srv|srvnoa)?\+)?([^\s"']+)/.exec(line) ?? [];
  const found = text.includes("://") ? undefined : addressIn(text);
  return found === undefined ? [] : [found];
}

/** Whether a workload's pods are in the network of their node. */
export function opensOnNode({ pod, containers }: Workload, port: number): boolean {
  return containers.some(({ ports = [] }) =>
    ports.some((one) => one.hostPort === port || (pod.hostNetwork === true && one.containerPort === port)),
  );
}
