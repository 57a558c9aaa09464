import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { kill, podProcesses } from "../../../scripts/lib/cluster/cgroups.js";
import { type Daemon, startDaemon, stopDaemon } from "../../../scripts/lib/cluster/daemons.js";
import type { Cluster } from "../../../scripts/lib/cluster/index.js";
import type { Node } from "../../../scripts/lib/cluster/layout.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { waitFor } from "../../../scripts/lib/wait.js";
import { namespace, type Replica, replicasOf, runtimeInfo } from "./replicas.js";

/** The cluster that faults happen to, and what they are made of. */
export interface Testbed {
  readonly cluster: Cluster;
  /** Address of the Service that people query. */
  readonly service: string;
  /** Seconds from one scrape to the next. */
  readonly scrapeInterval: number;
}

export async function testbedOf(cluster: Cluster, scrapeInterval: number): Promise<Testbed> {
  const args = ["get", "service", "prometheus", "--namespace", namespace];
  const { spec } = await cluster.kubectl.json<{ spec: { clusterIP: string } }>(args);
  return { cluster, service: spec.clusterIP, scrapeInterval };
}

export function nodeOf({ cluster }: Testbed, name: string): Node {
  const node = cluster.nodes.find((node) => node.name === name);
  if (node === undefined) throw new Failure(`the embedded cluster has no node ${name}`);
  return node;
}

/** Ends a program of the cluster as a crash would, and starts it again after a while. */
export async function restartAfter(daemon: Daemon, milliseconds: number): Promise<void> {
  await stopDaemon(daemon);
  await sleep(milliseconds);
  await startDaemon(daemon);
}

/** A program of the cluster; of the first node if several have one. */
export function daemonOf({ cluster }: Testbed, name: string, node = cluster.nodes[0]?.name): Daemon {
  const daemon = cluster.daemons.find((daemon) => daemon.name === name && daemon.node.name === node);
  if (daemon === undefined) throw new Failure(`no ${name} runs on node ${node}`);
  return daemon;
}

/** Sends a signal to the Prometheus of a replica, past Kubernetes. */
export async function signal(testbed: Testbed, { node, uid, pod }: Replica, name: NodeJS.Signals): Promise<void> {
  const pids = await podProcesses(nodeOf(testbed, node), uid);
  const programs = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")));
  const pid = pids[programs.indexOf("prometheus\n")];
  if (pid === undefined) throw new Failure(`no process of pod ${pod} is called prometheus`);
  process.kill(pid, name);
}

/** Ends all that the pods of a node run, past Kubernetes. */
export async function killPods(node: Node): Promise<void> {
  for (const pid of await podProcesses(node)) kill(pid);
}

/** The replica that the Service leads this machine to: it stays with one, by client affinity. */
export async function answering({ cluster, service }: Testbed): Promise<Replica> {
  return await until("the Service leads to a replica", async () => {
    const info = await runtimeInfo({ address: service });
    return (await replicasOf(cluster.kubectl)).find(({ pod }) => pod === info?.hostname);
  });
}

/** Waits until the Service leaves a pod out. */
export async function untilLeftOut({ cluster }: Testbed, { address }: Replica): Promise<void> {
  const slices = ["get", "endpointslices", "--namespace", namespace, "-l", "kubernetes.io/service-name=prometheus"];
  await until(`the Service leaves out ${address}`, async () => {
    const { items } = await cluster.kubectl.json<{ items: readonly Slice[] }>(slices);
    const ends = items.flatMap(({ endpoints }) => endpoints ?? []);
    return !ends.some(({ addresses, conditions }) => addresses.includes(address) && conditions?.ready !== false);
  });
}

interface Slice {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

/**
 * Looks until there is something other than undefined and false.
 *
 * @throws Failure that says what was waited for.
 */
export async function until<T>(what: string, look: () => Promise<T>, seconds = 300) {
  return await waitFor(look, { seconds, otherwise: () => new Failure(`waited ${seconds}s for this: ${what}`) });
}
