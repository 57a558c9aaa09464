import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../../../scripts/lib/cluster/index.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { freePort } from "../../../scripts/lib/poc/ports.js";
import { type Program, start } from "../../../scripts/lib/poc/program.js";
import { step } from "../../../scripts/lib/progress.js";
import { toolchain } from "../../../scripts/lib/toolchain/index.js";
import { moduleSource } from "../../../scripts/lib/toolchain/patched-module.js";
import { podsPerNode } from "./figures.js";

const simulated = "plain-prometheus/simulated";

/** Nodes and pods that are objects alone: kwok says of each that it runs. */
interface SimulatedNodes {
  /** Makes as many as there are to be, on top of those that there are, and waits until all of them run. */
  grow(nodes: number): Promise<void>;
  readonly programs: readonly Program[];
}

/** The name of a simulated node. */
export function nodeName(node: number): string {
  return `node-${padded(node, 4)}`;
}

/** Where tools/node-player answers for a node. */
function addressOf(node: number): string {
  return `127.77.${Math.floor(node / 250)}.${(node % 250) + 1}`;
}

/** Ten nodes fill one. */
function namespaceOf(node: number): string {
  return `scale-${padded(Math.floor(node / 10), 2)}`;
}

function padded(value: number, digits: number): string {
  return `${value}`.padStart(digits, "0");
}

/**
 * Starts kwok for a cluster.
 *
 * @param kubeletPort - where the kubelet of each node is said to answer
 * @param alive - asked while it waits: throws where something that is needed has ended
 */
export async function simulateNodes(
  { layout, kubectl }: Cluster,
  kubeletPort: number,
  folder: string,
  onEnded: (failure: Failure) => void,
  alive: () => void,
): Promise<SimulatedNodes> {
  const kubeconfig = ["--kubeconfig", layout.kubeconfig];
  const stages = join(await moduleSource("kwok"), "kustomize/stage");
  const configs = [
    "node/fast/node-initialize",
    "node/heartbeat-with-lease/node-heartbeat-with-lease",
    "pod/fast/pod-ready",
  ];
  const kwok = start(
    "kwok",
    await toolchain.tool("kwok"),
    [
      ...kubeconfig,
      ...configs.map((path) => `--config=${join(stages, `${path}.yaml`)}`),
      `--manage-nodes-with-label-selector=${simulated}=true`,
      `--node-port=${kubeletPort}`,
      // It would play the kubelets there itself.
      `--server-address=127.0.0.1:${await freePort()}`,
      "--cidr=172.20.0.0/14",
      // A lease is renewed after a quarter of that: seldom, as nothing here depends on it.
      "--node-lease-duration-seconds=120",
    ],
    folder,
    onEnded,
  );
  const port = await freePort();
  const proxy = start(
    "kubectl proxy",
    await toolchain.tool("kubectl"),
    [...kubeconfig, "proxy", `--port=${port}`],
    folder,
    onEnded,
  );
  const create = async (path: string, object: object) => {
    for (let tries = 0; ; tries += 1) {
      const body = JSON.stringify(object);
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      }).catch(() => undefined);
      if (answer?.ok || answer?.status === 409) return;
      // A namespace has no ServiceAccount at first, and without one no pods.
      alive();
      if (tries === 60) throw new Failure(`${path} is not created: ${await answer?.text()}`);
      await sleep(1000);
    }
  };
  let there = 0;
  return {
    programs: [proxy, kwok],
    grow: (nodes) =>
      step(
        `making ${nodes} nodes with ${nodes * podsPerNode} pods`,
        async (at) => {
          const wanted = Array.from({ length: Math.max(0, nodes - there) }, (_, index) => there + index);
          const namespaces = [...new Set(wanted.map(namespaceOf))];
          for (const name of namespaces) await create("/api/v1/namespaces", { metadata: { name } });
          let done = 0;
          await Promise.all(
            Array.from({ length: 8 }, async (_, lane) => {
              for (const node of wanted.filter((one) => one % 8 === lane)) {
                for (const [path, object] of objectsOf(node)) await create(path, object);
                done += 1;
                at(`${done} of ${wanted.length}`);
              }
            }),
          );
          there = Math.max(there, nodes);
          await allRun(kubectl, nodes, alive, at);
        },
        10 + (nodes - there) / 2,
      ),
  };
}

/** A node, its pods, and a Deployment for each ten of these, which stands for those that would have made them. */
function objectsOf(node: number): [path: string, object: object][] {
  const [name, namespace, address] = [nodeName(node), namespaceOf(node), addressOf(node)];
  const resources = { cpu: "32", memory: "256Gi", pods: "110" };
  const labels = {
    [simulated]: "true",
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": name,
  };
  const pods = Array.from({ length: podsPerNode }, (_, index): [string, object] => [
    `/api/v1/namespaces/${namespace}/pods`,
    {
      metadata: {
        name: `pod-${padded(node, 4)}-${padded(index, 2)}`,
        labels: { app: `app-${padded(node, 4)}-${index % 3}` },
      },
      spec: {
        nodeName: name,
        automountServiceAccountToken: false,
        containers: [
          {
            name: "works",
            image: "registry.invalid/works:1",
            resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
          },
        ],
      },
    },
  ]);
  const deployments = [0, 1, 2].map((index): [string, object] => {
    const app = `app-${padded(node, 4)}-${index}`;
    const template = {
      metadata: { labels: { none: app } },
      spec: { containers: [{ name: "works", image: "registry.invalid/works:1" }] },
    };
    return [
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
      { metadata: { name: app }, spec: { replicas: 0, selector: { matchLabels: { none: app } }, template } },
    ];
  });
  return [
    [
      "/api/v1/nodes",
      {
        metadata: { name, labels },
        spec: { taints: [{ key: simulated, value: "true", effect: "NoSchedule" }] },
        status: {
          addresses: [
            { type: "InternalIP", address },
            { type: "Hostname", address: name },
          ],
          capacity: resources,
          allocatable: resources,
        },
      },
    ],
    ...pods,
    ...deployments,
  ];
}

async function allRun(
  kubectl: Cluster["kubectl"],
  nodes: number,
  alive: () => void,
  at: (detail: string) => void,
): Promise<void> {
  const counted = async (args: readonly string[]) =>
    (await kubectl.text(["get", ...args, "--no-headers", "--output=name", "--chunk-size=0"])).split("\n").length - 1;
  for (const end = Date.now() + 900_000; ; await sleep(5000)) {
    const pods = await counted(["pods", "--all-namespaces", "--field-selector=status.phase=Running"]);
    if (pods >= nodes * podsPerNode) return;
    at(`${pods} pods run`);
    alive();
    if (Date.now() > end)
      throw new Failure(`${pods} of ${nodes * podsPerNode} pods run`, "run it again on a machine that is less busy");
  }
}
