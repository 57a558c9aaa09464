import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failure } from "../failure.js";
import { type Kubectl, kubectl } from "../kubectl.js";
import { withLock } from "../lock.js";
import { step } from "../progress.js";
import { type ToolName, toolchain } from "../toolchain/index.js";
import { removeCgroups } from "./cgroups.js";
import { controlPlane } from "./control-plane.js";
import { type Daemon, deadOf, logOf, startDaemon, waitForDaemon } from "./daemons.js";
import { applyDns } from "./dns.js";
import { enforce, enforcer } from "./enforcement.js";
import { clusterImages, type ImageSource, imageArchive } from "./images.js";
import { type Families, type Layout, type Node, type Place, placeOf, titleOf } from "./layout.js";
import { makeBridge, removeNetwork } from "./network.js";
import { insideCache, makeNode, runInside } from "./node.js";
import { makePki, pki } from "./pki.js";
import { requireIpv6, requirePrerequisites, requireRoot } from "./prerequisites.js";
import { pull, pulledReferences } from "./pull.js";
import { freeLayout, places, takeLayout, takenLayout } from "./slots.js";
import { readState, recipe, type Shape, type State, writeState } from "./state.js";
import { applyStorage, makeVolumes } from "./storage.js";
import { configureWorker, containerdSocket, type KubeletTls, worker } from "./worker.js";

export { type ImageSource, imageSources } from "./images.js";
export type { KubeletTls } from "./worker.js";

/** What of an embedded cluster does not work, or is not there; nothing where it does not run. */
export async function shortcomings(
  place: Place,
): Promise<{ readonly lacks: readonly string[]; readonly dead: readonly Daemon[] }> {
  const { lacks, daemons } = (await readState(place)) ?? { lacks: [], daemons: [] };
  return { lacks, dead: await deadOf(daemons) };
}

/** What a start asks for. */
interface StartOptions {
  /** Default: that of {@link placeOf}. */
  readonly place?: Place;
  readonly kubeletTls: KubeletTls;
  /** Default: 1. */
  readonly nodes?: 1 | 2;
  /** Of nodes, pods and Services. Default: IPv4. */
  readonly families?: Families;
  /** Whether it enforces NetworkPolicies; one that does goes on to. Default: no. */
  readonly enforcing?: boolean;
  readonly images: readonly ImageSource[];
}

/** The embedded cluster while it runs. */
export interface Cluster {
  readonly layout: Layout;
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

/** Real Kubernetes on this machine, in namespaces of their own: at most one of each name. */
export const cluster = {
  /**
   * Starts the cluster, or takes the one that runs if it is healthy and of the same shape; clears away any other.
   *
   * @throws Failure that names what is missing on this machine, or the component that did not come up, with the end of
   * its log. Nothing is left running then.
   */
  async start(options: StartOptions): Promise<Cluster> {
    await requirePrerequisites();
    const { place = placeOf(), families = ["IPv4"] } = options;
    if (families.includes("IPv6")) requireIpv6();
    await freeLayout(place, families);
    const images = [...clusterImages, ...options.images];
    const needed: readonly ToolName[] = options.enforcing ? [...programs, enforcer] : programs;
    await toolchain.provide([...needed, ...images.flatMap((image) => Object.values(image.programs))]);
    const archives = await Promise.all(images.map(imageArchive));
    return await locked(place, async () => {
      const shape = await shapeOf(options);
      const started = async (layout: Layout, state: State): Promise<Cluster> => {
        const complete = options.enforcing ? await enforcing(layout, state) : state;
        await writeState(layout, complete);
        return clusterOf(layout, complete);
      };
      const state = await readState(place);
      const layout = await takenLayout(place, state?.shape.families);
      if (state !== undefined && layout !== undefined && JSON.stringify(state.shape) === JSON.stringify(shape)) {
        const running = clusterOf(layout, state);
        if (await isHealthy(running)) {
          await importImages(
            running,
            archives.filter((archive) => !state.images.includes(archive)),
          );
          const lacks = await pull(running.nodes, state.lacks);
          console.error(`${titleOf(place)} runs already`);
          return await started(layout, { ...state, images: archives, lacks });
        }
      }
      await clear(place);
      try {
        const layout = await takeLayout(place, families);
        return await started(layout, await startFresh(layout, shape, archives));
      } catch (error) {
        await clear(place, { keepLogs: true });
        throw error;
      }
    });
  },

  /** Has the cluster that runs enforce NetworkPolicies from now on. @throws Failure when none runs. */
  async enforce(place = placeOf()): Promise<Cluster> {
    await toolchain.provide([enforcer]);
    return await locked(place, async () => {
      const state = await readState(place);
      const layout = await takenLayout(place, state?.shape.families);
      if (state === undefined || layout === undefined)
        throw new Failure(`${titleOf(place)} does not run`, "npm run up");
      const complete = await enforcing(layout, state);
      await writeState(layout, complete);
      return clusterOf(layout, complete);
    });
  },

  /** Ends the cluster and removes all of it, also what an interrupted start left. Returns whether there was anything. */
  async stop(place = placeOf()): Promise<boolean> {
    requireRoot();
    return await locked(place, async () => {
      const found = existsSync(place.state) || existsSync(place.data);
      await clear(place);
      return found;
    });
  },

  /** Ends every embedded cluster of this machine as {@link cluster.stop} does, and returns where they were. */
  async stopAll(): Promise<readonly Place[]> {
    const all = await places();
    const found = await Promise.all(all.map((place) => cluster.stop(place)));
    return all.filter((_, index) => found[index]);
  },

  /** The cluster if it runs and answers. */
  async current(place = placeOf()): Promise<Cluster | undefined> {
    const state = await readState(place);
    const layout = await takenLayout(place, state?.shape.families);
    if (state === undefined || layout === undefined) return undefined;
    const running = clusterOf(layout, state);
    return (await isHealthy(running)) ? running : undefined;
  },
};

function locked<T>(place: Place, work: () => Promise<T>): Promise<T> {
  const waiting = () => console.error(`waiting for another process that starts or stops ${titleOf(place)}`);
  return withLock(place.id.replace("plain-prometheus", "cluster"), waiting, work);
}

async function shapeOf({ kubeletTls, nodes = 1, families = ["IPv4"] }: StartOptions): Promise<Shape> {
  const binaries = await Promise.all((["kubelet", "etcd", "containerd"] as const).map(toolchain.tool));
  return { kubeletTls, nodes, families, binaries: binaries.map(dirname), recipe: await recipe() };
}

function clusterOf(layout: Layout, { command, nodes, daemons, lacks }: Omit<State, "shape" | "images">): Cluster {
  const target = { kubeconfig: layout.kubeconfig, context: layout.id };
  return { layout, nodes, daemons, kubectl: kubectl({ ...target, command, lacks }) };
}

async function startFresh(layout: Layout, shape: Shape, archives: readonly string[]): Promise<State> {
  const nodes = layout.nodes.slice(0, shape.nodes);
  const { kubeletTls } = shape;
  const control = await controlPlane(layout, kubeletTls);
  const workers = await Promise.all(nodes.map((node) => worker(layout, node)));
  const daemons = [...Object.values(control), ...workers.flatMap((worker) => Object.values(worker))];
  const command = await toolchain.tool("kubectl");
  const fresh = clusterOf(layout, { command, nodes, daemons, lacks: [] });
  await step(`starting Kubernetes ${await toolchain.version("kubelet")}`, async (at) => {
    at("network and certificates");
    for (const folder of [pki(layout), dirname(logOf(control.apiserver))]) await mkdir(folder, { recursive: true });
    await makeBridge(layout.network);
    await makePki(layout, nodes);
    for (const node of nodes) {
      await makeNode(layout, node, nodes.length);
      await makeVolumes(node);
      await configureWorker(layout, node, kubeletTls);
    }
    at("API server and container runtime");
    for (const daemon of [control.etcd, control.apiserver, ...workers.map(({ containerd }) => containerd)]) {
      await startDaemon(daemon);
    }
    await importImages(fresh, archives);
    await waitForDaemon("the API server answers", control.apiserver, () => answers(fresh.kubectl));
    at("nodes");
    const others = [
      control.controllerManager,
      control.scheduler,
      ...workers.flatMap(({ kubelet, proxy }) => [kubelet, proxy]),
    ];
    for (const daemon of others) await startDaemon(daemon);
    await applyStorage(fresh.kubectl, nodes);
    for (const { kubelet } of workers) {
      await waitForDaemon("the node is Ready", kubelet, () => isReady(fresh.kubectl, kubelet.node));
    }
    // A kubelet may not say of itself that its node is of the control plane.
    await fresh.kubectl.text(["label", "node", layout.nodes[0].name, "node-role.kubernetes.io/control-plane="]);
    at("DNS");
    await applyDns(fresh.kubectl, layout.network);
    // Without it no pod is admitted to the namespace.
    await waitForDaemon("namespace default has its ServiceAccount", control.controllerManager, () =>
      exists(fresh.kubectl, "/api/v1/namespaces/default/serviceaccounts/default"),
    );
  });
  const lacks = await pull(nodes, pulledReferences());
  return { shape, command, nodes, daemons, images: archives, lacks };
}

/** The state of a cluster whose nodes all enforce NetworkPolicies. */
async function enforcing(layout: Layout, state: State): Promise<State> {
  if (state.daemons.some(({ name }) => name === enforcer)) return state;
  const agents: Daemon[] = [];
  for (const node of state.nodes) agents.push(await enforce(layout, node));
  return { ...state, daemons: [...state.daemons, ...agents] };
}

async function importImages({ nodes, daemons }: Cluster, archives: readonly string[]): Promise<void> {
  if (archives.length === 0) return;
  const ctr = [insideCache(await toolchain.tool("ctr")), "--address", containerdSocket, "--namespace", "k8s.io"];
  for (const node of nodes) {
    const containerd = daemons.find((daemon) => daemon.name === "containerd" && daemon.node.name === node.name);
    if (containerd === undefined) continue;
    const listens = () => runInside(node, [...ctr, "version"]).then(() => true, ignoreFailure);
    await waitForDaemon("containerd answers", containerd, listens);
    for (const archive of archives) {
      await runInside(node, [...ctr, "images", "import", insideCache(archive)]);
    }
  }
}

async function isHealthy({ daemons, kubectl, nodes }: Cluster): Promise<boolean> {
  if ((await deadOf(daemons)).length > 0 || !(await answers(kubectl))) return false;
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

async function clear(place: Place, { keepLogs = false } = {}): Promise<void> {
  await removeCgroups(place);
  const layout = await takenLayout(place);
  if (layout !== undefined) await removeNetwork(layout);
  await rm(place.data, { recursive: true, force: true });
  for (const entry of await readdir(place.state).catch(() => [])) {
    if (!keepLogs || entry !== "logs") await rm(join(place.state, entry), { recursive: true });
  }
  if (!keepLogs) await rm(place.state, { recursive: true, force: true });
}
