import type { IDaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import { type Edge, type End, edges, type Purpose } from "../../../../generators/derive/edges.js";
import { grafana } from "../../../../generators/grafana/index.js";
import { stack } from "../../../../generators/index.js";
import type { Base } from "../../../../generators/lib/base-and-component.js";
import { kubeletPort } from "../../../../generators/lib/kubelet-port.js";
import { config } from "../../../../generators/prometheus/config.js";
import { scrapeJobs } from "../../../../generators/prometheus/scrape/index.js";
import type { Settings } from "../../../../generators/settings/index.js";
import { projectSettings } from "../../../../scripts/lib/settings.js";

/** One thing in the picture. */
export interface Box {
  readonly name: string;
  /** What it is, under its name. */
  readonly about: string;
  /** Whether the stack brings it, an overlay may switch it on, or it is there without the stack. */
  readonly whose: "the stack" | "optional" | "the cluster";
  /** Whether it listens at every node's own address. */
  readonly onNodes: boolean;
  /** Connections to itself, a line each. */
  readonly itself: readonly string[];
}

/** Connections from one box to another. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Whether a scrape job makes it, or something else. */
  readonly kind: "scrape" | "call";
  /** What it is for, a line for each port. */
  readonly lines: readonly string[];
}

/** What the picture of the architecture shows. */
export interface Graph {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

interface Connection {
  readonly from: string;
  readonly to: string;
  readonly job: boolean;
  readonly what: string;
  readonly port: string;
}

const scraper = "prometheus";

/** Ends of connections that the stack does not bring. DNS is left out, as everything asks it. */
const outside: Readonly<Record<Exclude<End, object | "nodes" | "name servers">, string>> = {
  "api servers": "the Service kubernetes",
  receivers: "webhooks, chats, pagers",
  "object store": "where Thanos keeps blocks",
  admitted: "people, through a way in",
  "any pod": "your applications",
  "own pods": "your applications",
  anything: "whatever is probed",
};

/** The graph of what the stack is by default, and of Grafana, as scrape jobs and bases declare it. */
export function graph(settings = projectSettings()): Graph {
  const optional = grafana(settings);
  const bases = [...stack(settings), optional];
  const jobs = scrapeJobs(settings);
  const needed = edges(bases, jobs, scraper).filter(({ to }) => to !== "name servers");
  const found = [...alerts(bases, settings), ...needed.flatMap((edge) => connections(edge, bases))];
  const names = [...new Set(found.flatMap(({ from, to }) => [from, to]))];
  return {
    boxes: names.map((name) => ({ ...box(name, bases, optional), itself: lines(found, name, name) })),
    arrows: arrows(found.filter(({ from, to }) => from !== to)),
  };
}

/** Prometheus finds Alertmanager as it finds targets, so that no base declares what it sends there. */
function alerts(bases: readonly Base[], settings: Settings): Connection[] {
  const found = config(settings).alerting !== undefined && bases.some(({ name }) => name === "alertmanager");
  return found ? [{ from: scraper, to: "alertmanager", job: false, what: "alerts", port: "" }] : [];
}

function connections({ from, to, ports, purpose }: Edge, bases: readonly Base[]): Connection[] {
  const what = whatOf(purpose);
  const common = { from: nameOf(from), job: typeof purpose === "object" && "job" in purpose, what };
  if (ports.length === 0) return [{ ...common, to: nameOf(to), port: "" }];
  return ports.map(({ port, protocol }) => ({
    ...common,
    to: to === "nodes" ? listenerOnNodes(port, what, bases) : nameOf(to),
    port: `:${port}${protocol === "UDP" ? "/UDP" : ""}`,
  }));
}

function whatOf(purpose: Purpose): string {
  if (typeof purpose !== "object") return purpose;
  if ("job" in purpose) return purpose.job;
  // Almost every port is named http, which says less than its number.
  return purpose.port?.replace(/^http$/, "") ?? "";
}

function nameOf(end: End): string {
  if (typeof end !== "object") return end;
  if ("block" in end) return end.block;
  return "base" in end ? end.base : Object.values(end.pods).join(" ");
}

/** What answers at a node's address: the kubelet, a DaemonSet in the host's network, or what the job is named after. */
function listenerOnNodes(port: number, job: string, bases: readonly Base[]): string {
  if (port === kubeletPort) return "kubelet";
  const listens = ({ objects }: Base) =>
    objects
      .filter(({ kind }) => kind === "DaemonSet")
      .flatMap((object) => (object.toJSON() as IDaemonSet).spec?.template.spec?.containers ?? [])
      .some(({ ports = [] }) => ports.some(({ hostPort }) => hostPort === port));
  return bases.find(listens)?.name ?? job;
}

function box(name: string, bases: readonly Base[], optional: Base): Omit<Box, "itself"> {
  const base = bases.find((one) => one.name === name);
  if (base === undefined) {
    const known = outside[name as keyof typeof outside];
    return { name, about: known ?? "the cluster's own", whose: "the cluster", onNodes: known === undefined };
  }
  const kind = base.objects.find((object) => ["Deployment", "StatefulSet", "DaemonSet"].includes(object.kind))?.kind;
  return {
    name,
    about: base === optional ? `${kind}, optional` : `${kind}`,
    whose: base === optional ? "optional" : "the stack",
    onNodes: kind === "DaemonSet",
  };
}

function arrows(found: readonly Connection[]): Arrow[] {
  const pairs = new Map(found.map(({ from, to, job }) => [`${from} ${to} ${job}`, { from, to, job }]));
  return [...pairs.values()].map(({ from, to, job }) => ({
    from,
    to,
    kind: job ? "scrape" : "call",
    lines: lines(
      found.filter((one) => one.job === job),
      from,
      to,
    ),
  }));
}

/** What goes from one box to another: all that goes to one port in one line. */
function lines(found: readonly Connection[], from: string, to: string): string[] {
  const those = found.filter((one) => one.from === from && one.to === to);
  const ports = [...new Set(those.map(({ port }) => port))];
  return ports
    .map((port) => {
      const what = new Set(those.filter((one) => one.port === port).map((one) => one.what));
      return [[...what].filter(Boolean).join(", "), port].filter(Boolean).join(" ");
    })
    .filter(Boolean);
}
