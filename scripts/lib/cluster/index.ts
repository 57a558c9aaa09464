import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failure } from "../failure.js";
import { type Kubectl, kubectl } from "../kubectl.js";
import { withLock } from "../lock.js";
import { step } from "../progress.js";
import { type ToolName, toolchain } from "../toolchain/index.js";
import { removeCgroups } from "./cgroups.js";

import { controlPlane } from "./control-plane.js";
import { type Daemon, logsFolder, pidOf, startDaemon, waitFor } from "./daemons.js";
import { applyDns } from "./dns.js";
import { clusterImages, type ImageSource, imageArchive } from "./images.js";
import { contextName, dataFolder, firstNode, kubeconfigFile, type Node, nodesOf, stateFolder } from "./layout.js";
import { makeBridge, removeNetwork, requireFreeRange } from "./network.js";
import { insideCache, makeNode, runInside } from "./node.js";
import { makePki, pkiFolder } from "./pki.js";
import { requireIpv6, requirePrerequisites, requireRoot } from "./prerequisites.js";
import { pull, pulledReferences } from "./pull.js";
import { readState, recipe, type Shape, type State, writeState } from "./state.js";
import { applyStorage, makeVolumes } from "./storage.js";
import { configureWorker, containerdSocket, type KubeletTls, worker } from "./worker.js";

export { type ImageSource, imageSources } from "./images.js";
export type { KubeletTls } from "./worker.js";

/** Images that the embedded cluster could not get; none where it does not run. */
export async function lackedImages(): Promise<readonly string[]> {
  return (await readState())?.lacks ?? [];
}

/** What a start asks for. */
export interface StartOptions {
  readonly kubeletTls: KubeletTls;
  /** Default: 1. */
  readonly nodes?: 1 | 2;
  /** Whether nodes, pods and Services have IPv6 beside IPv4. Default: no. */
  readonly dualStack?: boolean;
  readonly images: readonly ImageSource[];
}

/** The embedded cluster while it runs. */
export interface Cluster {
  readonly kubeconfig: string;
  readonly context: typeof contextName;
  readonly nodes: readonly Node[];
  readonly kubectl: Kubectl;
  /** Every program of the control plane and of the nodes, to stop and start alone: see daemons.ts. */
  readonly daemons: readonly Daemon[];
}

const programs: readonly ToolName[] = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubectl",
  "etcd",
  "containerd",
  "containerd-shim-runc-v2",
  "ctr",
];

/** A real Kubernetes on this machine, in namespaces of its own; at most one. */
export const cluster = {
  /**
   * Starts the cluster, or takes the one that runs if it is healthy and of the same shape; clears away any other.
   *
   * @throws Failure that names what is missing on this machine, or the component that did not come up, with the end of
   * its log. Nothing is left running then.
   */
  async start(options: StartOptions): Promise<Cluster> {
    await requirePrerequisites();
    if (options.dualStack) requireIpv6();
    await requireFreeRange();
    const images = [...clusterImages, ...options.images];
    await toolchain.provide([...programs, ...images.flatMap((image) => Object.values(image.programs))]);
    const archives = await Promise.all(images.map(imageArchive));
    return await locked(async () => {
      const shape = await shapeOf(options);
      const state = await readState();
      if (state !== undefined && JSON.stringify(state.shape) === JSON.stringify(shape)) {
        const running = clusterOf(state);
        if (await isHealthy(running)) {
          await importImages(
            running,
            archives.filter((archive) => !state.images.includes(archive)),
          );
          const lacks = await pull(running.nodes, state.lacks);
          await writeState({ ...state, images: archives, lacks });
          console.error("the embedded cluster runs already");
          return clusterOf({ ...state, lacks });
        }
      }
      await clear();
      try {
        return await startFresh(shape, archives);
      } catch (error) {
        await clear({ keepLogs: true });
        throw error;
      }
    });
  },

  /** Ends the cluster and removes all of it, also what an interrupted start left. Returns whether there was anything. */
  async stop(): Promise<boolean> {
    requireRoot();
    return await locked(async () => {
      const found = existsSync(stateFolder) || existsSync(dataFolder);
      await clear();
      return found;
    });
  },

  /** The cluster if one runs and answers. */
  async current(): Promise<Cluster | undefined> {
    const state = await readState();
    if (state === undefined) return undefined;
    const running = clusterOf(state);
    return (await isHealthy(running)) ? running : undefined;
  },
};

function locked<T>(work: () => Promise<T>): Promise<T> {
  return withLock("cluster", () => console.error("waiting for another process that starts or stops the cluster"), work);
}

async function shapeOf({ kubeletTls, nodes = 1, dualStack = false }: StartOptions): Promise<Shape> {
  const binaries = await Promise.all((["kubelet", "etcd", "containerd"] as const).map(toolchain.tool));
  return { kubeletTls, nodes, dualStack, binaries: binaries.map(dirname), recipe: await recipe() };
}

function clusterOf({ command, nodes, daemons, lacks }: Omit<State, "shape" | "images">): Cluster {
  const target = { kubeconfig: kubeconfigFile, context: contextName } as const;
  return { ...target, nodes, daemons, kubectl: kubectl({ ...target, command, lacks }) };
}

async function startFresh(shape: Shape, archives: readonly string[]): Promise<Cluster> {
  const nodes = nodesOf(shape.nodes);
  const { kubeletTls, dualStack } = shape;
  const control = await controlPlane(kubeletTls, dualStack);
  const workers = await Promise.all(nodes.map((node) => worker(node, dualStack)));
  const daemons = [...Object.values(control), ...workers.flatMap((worker) => Object.values(worker))];
  const command = await toolchain.tool("kubectl");
  const fresh = clusterOf({ command, nodes, daemons, lacks: [] });
  await step(`starting Kubernetes ${await toolchain.version("kubelet")}`, async (at) => {
    at("network and certificates");
    for (const folder of [stateFolder, pkiFolder, logsFolder]) await mkdir(folder, { recursive: true });
    await makeBridge();
    await makePki(nodes);
    for (const node of nodes) {
      await makeNode(node, nodes.length, dualStack);
      await makeVolumes(node);
      await configureWorker(node, kubeletTls, dualStack);
    }
    at("API server and container runtime");
    for (const daemon of [control.etcd, control.apiserver, ...workers.map(({ containerd }) => containerd)]) {
      await startDaemon(daemon);
    }
    await importImages(fresh, archives);
    await waitFor("the API server answers", control.apiserver, () => answers(fresh.kubectl));
    at("nodes");
    const others = [
      control.controllerManager,
      control.scheduler,
      ...workers.flatMap(({ kubelet, proxy }) => [kubelet, proxy]),
    ];
    for (const daemon of others) await startDaemon(daemon);
    await applyStorage(fresh.kubectl, nodes);
    for (const { kubelet } of workers) {
      await waitFor("the node is Ready", kubelet, () => isReady(fresh.kubectl, kubelet.node));
    }
    // A kubelet may not say of itself that its node is of the control plane.
    await fresh.kubectl.text(["label", "node", firstNode.name, "node-role.kubernetes.io/control-plane="]);
    at("DNS");
    await applyDns(fresh.kubectl);
    // Without it no pod is admitted to the namespace.
    await waitFor("namespace default has its ServiceAccount", control.controllerManager, () =>
      exists(fresh.kubectl, "/api/v1/namespaces/default/serviceaccounts/default"),
    );
  });
  const lacks = await pull(nodes, pulledReferences);
  await writeState({ shape, command, nodes, daemons, images: archives, lacks });
  return clusterOf({ command, nodes, daemons, lacks });
}

async function importImages({ nodes, daemons }: Cluster, archives: readonly string[]): Promise<void> {
  if (archives.length === 0) return;
  const ctr = [insideCache(await toolchain.tool("ctr")), "--address", containerdSocket, "--namespace", "k8s.io"];
  for (const node of nodes) {
    const containerd = daemons.find((daemon) => daemon.name === "containerd" && daemon.node.name === node.name);
    if (containerd === undefined) continue;
    const listens = () => runInside(node, [...ctr, "version"]).then(() => true, ignoreFailure);
    await waitFor("containerd answers", containerd, listens);
    for (const archive of archives) {
      await runInside(node, [...ctr, "images", "import", insideCache(archive)]);
    }
  }
}

async function isHealthy({ daemons, kubectl, nodes }: Cluster): Promise<boolean> {
  const pids = await Promise.all(daemons.map(pidOf));
  if (pids.includes(undefined) || !(await answers(kubectl))) return false;
  return (await Promise.all(nodes.map((node) => isReady(kubectl, node)))).every(Boolean);
}

async function answers(kubectl: Kubectl): Promise<boolean> {
  return await exists(kubectl, "/readyz");
}

async function isReady(kubectl: Kubectl, node: Node): Promise<boolean> {
  const text = await kubectl.raw(`/api/v1/nodes/${node.name}`).catch(ignoreFailure);
  if (text === false) return false;
  const { status } = JSON.parse(text) as { status: { conditions?: { type: string; status: string }[] } };
  return status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

async function exists(kubectl: Kubectl, path: string): Promise<boolean> {
  return (await kubectl.raw(path).catch(ignoreFailure)) !== false;
}

function ignoreFailure(error: unknown): false {
  if (error instanceof Failure) return false;
  throw error;
}

async function clear({ keepLogs = false } = {}): Promise<void> {
  await removeCgroups();
  await removeNetwork();
  await rm(dataFolder, { recursive: true, force: true });
  for (const entry of await readdir(stateFolder).catch(() => [])) {
    if (!keepLogs || entry !== basename(logsFolder)) await rm(join(stateFolder, entry), { recursive: true });
  }
  if (!keepLogs) await rm(stateFolder, { recursive: true, force: true });
}
