import * as v from "valibot";
import { type RelabelStep, relabel, type TargetLabels } from "../../metrics/relabelling.js";
import type { ConfigFile } from "../lib/base-and-component.js";
import { kubeletPort } from "../lib/kubelet-port.js";
import { serviceAccountToken } from "../lib/service-account.js";
import { type Discovery, discoveryOf, type Grant, isAtHome } from "./access.js";
import type { Edge, End, Port } from "./edges.js";

/** A job as users write it, as far as it says whom Prometheus asks. */
export interface OwnJob {
  readonly job_name: string;
  readonly scheme?: string;
  readonly metrics_path?: string;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly authorization?: { readonly credentials_file?: string };
  readonly static_configs?: readonly TargetGroup[];
  readonly dns_sd_configs?: readonly {
    readonly names?: readonly string[];
    readonly type?: string;
    readonly port?: number;
  }[];
  readonly kubernetes_sd_configs?: readonly Discovery[];
  readonly relabel_configs?: readonly RelabelStep[];
}

/** Targets as they are written out, with labels that all of them get. */
export interface TargetGroup {
  readonly targets?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** Go reads a number or a boolean as text where it wants text. */
const text = v.pipe(v.union([v.string(), v.number(), v.boolean()], "must be text"), v.transform(String));

/** What has no value is not there, as Go reads YAML. */
const maybe = <Schema extends v.GenericSchema>(schema: Schema) => v.nullish(schema);

function listOf<Schema extends v.GenericSchema>(schema: Schema) {
  return maybe(v.array(schema, "must be a list"));
}

function fields<Entries extends v.ObjectEntries>(entries: Entries) {
  return v.object(entries, "must be a mapping");
}

const yesOrNo = maybe(v.boolean("must be true or false"));

/** What of a job says whom Prometheus asks; promtool judges the rest. */
const form = fields({
  job_name: text,
  scheme: maybe(text),
  metrics_path: maybe(text),
  params: maybe(v.record(v.string(), v.array(text, "must be a list"), "must be a mapping")),
  authorization: maybe(fields({ credentials_file: maybe(text) })),
  static_configs: listOf(
    fields({ targets: listOf(text), labels: maybe(v.record(v.string(), text, "must be a mapping")) }),
  ),
  dns_sd_configs: listOf(fields({ names: listOf(text), type: maybe(text), port: maybe(v.number("must be a number")) })),
  kubernetes_sd_configs: listOf(
    fields({
      role: text,
      api_server: maybe(text),
      kubeconfig_file: maybe(text),
      namespaces: maybe(fields({ own_namespace: yesOrNo, names: listOf(text) })),
      selectors: listOf(fields({ role: text, label: maybe(text), field: maybe(text) })),
      attach_metadata: maybe(
        fields({ node: yesOrNo, namespace: yesOrNo, deployment: yesOrNo, job: yesOrNo, cronjob: yesOrNo }),
      ),
    }),
  ),
  relabel_configs: listOf(
    fields({
      action: maybe(text),
      source_labels: listOf(text),
      separator: maybe(text),
      regex: maybe(text),
      target_label: maybe(text),
      replacement: maybe(text),
    }),
  ),
});

/** What is wrong with a scrape config, with its place: `static_configs.0.targets must be a list`. Undefined where all is well. */
export function problemOf(job: unknown): string | undefined {
  const { success, issues } = v.safeParse(form, job);
  if (success) return undefined;
  const [issue] = issues;
  // The field that is missing has a message of valibot's own.
  return `${v.getDotPath(issue) ?? "it"} ${issue.received === "undefined" ? "is missing" : issue.message}`;
}

/** A job as somebody wrote it; undefined where {@link problemOf} tells of one. */
export function ownJob(job: unknown): OwnJob | undefined {
  const { success, output } = v.safeParse(form, job);
  // What has no value is left out.
  return success ? (JSON.parse(JSON.stringify(output, (_, value) => value ?? undefined)) as OwnJob) : undefined;
}

/** The jobs of these files, without those that {@link problemOf} refuses. */
export function ownJobs(files: readonly ConfigFile[]): readonly OwnJob[] {
  return files.flatMap(({ content }) =>
    (content as { readonly scrape_configs: readonly unknown[] }).scrape_configs.flatMap((job) => ownJob(job) ?? []),
  );
}

/** The permissions that a job of the user's own needs: to find its targets, and to be answered where it shows who Prometheus is. */
export function ownAccess({ kubernetes_sd_configs = [], authorization, metrics_path = "/metrics" }: OwnJob): Grant[] {
  const grants = kubernetes_sd_configs.filter(isAtHome).flatMap(discoveryOf);
  if (authorization?.credentials_file !== serviceAccountToken.credentials_file) return grants;
  const onNodes = kubernetes_sd_configs.some(({ role }) => role === "node");
  const rule = onNodes
    ? { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] }
    : { nonResourceURLs: [metrics_path], verbs: ["get"] };
  return [...grants, { scope: "cluster", rule }];
}

/** A target that a job names itself, after relabelling. */
interface NamedTarget {
  /** What the job writes. */
  readonly target: string;
  readonly host: string;
  readonly port: number;
  /** With the parameters of the request, in the order in which Prometheus sends them. */
  readonly path: string;
}

/** The targets of a job's `static_configs` that relabelling keeps. */
export function namedTargets(job: OwnJob): readonly NamedTarget[] {
  const { job_name, scheme = "http", metrics_path = "/metrics", params = {}, static_configs = [] } = job;
  return static_configs.flatMap(({ targets = [], labels = {} }) =>
    targets.flatMap((target) => {
      const found = relabel(
        new Map([
          ["job", job_name],
          ["__scheme__", scheme],
          ["__metrics_path__", metrics_path],
          ...Object.entries(params).map(([name, [value = ""]]) => [`__param_${name}`, value] as const),
          ...Object.entries(labels),
          ["__address__", target],
        ]),
        job.relabel_configs ?? [],
      );
      if ("droppedBy" in found) return [];
      const address = found.labels.get("__address__") ?? "";
      const [, host = "", port] = /^(.*?)(?::(\d+))?$/.exec(address) ?? [];
      const usual = found.labels.get("__scheme__") === "https" ? 443 : 80;
      return [
        {
          target,
          host: host.replace(/^\[|\]$/g, ""),
          port: port === undefined ? usual : Number(port),
          path: pathOf(found.labels),
        },
      ];
    }),
  );
}

function pathOf(labels: TargetLabels): string {
  const parameters = [...labels].flatMap(([name, value = ""]): [string, string][] =>
    name.startsWith("__param_") ? [[name.slice("__param_".length), value]] : [],
  );
  const query = new URLSearchParams(parameters.sort(([one], [other]) => (one < other ? -1 : 1)));
  return `${labels.get("__metrics_path__") ?? ""}${parameters.length > 0 ? `?${query}` : ""}`;
}

/** The namespace of a Service, or of a pod behind one, by its name in the cluster; undefined for any other name. */
export function namespaceOf(host: string): string | undefined {
  return /\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/.exec(host)?.[1];
}

/**
 * The connections that a job of the user's own needs, as far as it says them. What has a name outside of the cluster, and what
 * another system than Kubernetes or its name servers tells of, is not among them.
 *
 * @param scraper name of the base that runs the job
 * @param namespace that of the stack
 */
export function ownEdges(job: OwnJob, scraper: string, namespace: string): Edge[] {
  const to = (end: End, ports: readonly Port[] = []): Edge => ({
    from: { base: scraper },
    to: end,
    ports,
    purpose: { job: job.job_name },
  });
  const within = (name: string): End => (name === namespace ? "own pods" : { pods: {}, in: name });
  const named = namedTargets(job).flatMap(({ host, port }) => {
    const end = endOf(host, within);
    if (end === undefined) return [];
    const byName = !v.is(address, host);
    return [to(end, [tcp(port)]), ...(byName ? [to("name servers")] : [])];
  });
  const resolved = (job.dns_sd_configs ?? []).flatMap(({ names = [], type = "SRV", port }) =>
    names.flatMap((name) => {
      const end = endOf(name.replace(/\.$/, ""), within);
      // A record of type SRV says the port itself.
      const ports = port === undefined || !/^A/.test(type) ? [] : [tcp(port)];
      return [...(end === undefined ? [] : [to(end, ports)]), to("name servers")];
    }),
  );
  const discovered = (job.kubernetes_sd_configs ?? [])
    .filter(isAtHome)
    .flatMap((discovery) => foundBy(discovery, job, within).map(({ end, ports }) => to(end, ports.map(tcp))));
  return [...named, ...resolved, ...discovered];
}

function foundBy(
  { role, namespaces: { own_namespace = false, names = [] } = {} }: Discovery,
  { relabel_configs: steps = [] }: OwnJob,
  within: (name: string) => End,
): { readonly end: End; readonly ports: readonly number[] }[] {
  const written = writtenPort(steps);
  // An Ingress leads to whatever host it names.
  if (role === "ingress") return [];
  if (role === "node") return [{ end: "nodes", ports: written === null ? [] : [written ?? kubeletPort] }];
  const ports = written === undefined ? keptNumbers(steps, keptPort) : written === null ? [] : [written];
  const own = own_namespace ? (["own pods"] as const) : [];
  const kept = names.length > 0 || own_namespace ? names : keptNames(steps);
  const ends: readonly End[] = kept === undefined ? ["any pod"] : [...kept.map(within), ...own];
  return ends.map((end) => ({ end, ports }));
}

const keptPort = /^__meta_kubernetes_(pod_container_port_number|endpointslice_port|service_port_number)$/;

/** The port that relabelling writes into every address; null where it writes an address whose port is not its own; undefined where it writes none. */
function writtenPort(steps: readonly RelabelStep[]): number | null | undefined {
  const step = steps.findLast(
    ({ action = "replace", target_label }) => action.toLowerCase() === "replace" && target_label === "__address__",
  );
  if (step === undefined) return undefined;
  const port = /:(\d+)$/.exec(step.replacement ?? "")?.[1];
  return port === undefined ? null : Number(port);
}

/** The numbers that a step keeps of a label; none where no step names some. */
function keptNumbers(steps: readonly RelabelStep[], label: RegExp): number[] {
  return (keptValues(steps, label) ?? []).filter((value) => /^\d+$/.test(value)).map(Number);
}

/** The namespaces that a step keeps; undefined where no step names some. */
function keptNames(steps: readonly RelabelStep[]): readonly string[] | undefined {
  return keptValues(steps, /^__meta_kubernetes_namespace$/);
}

/** The values of one label that a step keeps, where its regular expression is nothing but a list of them. */
function keptValues(steps: readonly RelabelStep[], label: RegExp): readonly string[] | undefined {
  const step = steps.find(
    ({ action, source_labels: [only = "", ...others] = [], regex }) =>
      action === "keep" &&
      others.length === 0 &&
      label.test(only) &&
      /^\(?[a-z0-9-]+(\|[a-z0-9-]+)*\)?$/.test(`${regex}`),
  );
  return step === undefined ? undefined : `${step.regex}`.replaceAll(/[()]/g, "").split("|");
}

const address = v.pipe(v.string(), v.ip());

/** Where a host is; undefined for itself, and for what only a name server knows. */
function endOf(host: string, within: (name: string) => End): End | undefined {
  if (v.is(address, host)) {
    return /^(127\.|::1$)/.test(host) ? undefined : { block: `${host}/${host.includes(":") ? 128 : 32}` };
  }
  if (host === "localhost") return undefined;
  if (/^[a-z0-9-]+$/.test(host)) return "own pods";
  const namespace = namespaceOf(host);
  return namespace === undefined ? undefined : within(namespace);
}

function tcp(port: number): Port {
  return { protocol: "TCP", port };
}
