import { setTimeout as sleep } from "node:timers/promises";
import type { IPod } from "kubernetes-models/v1/Pod";
import { startDaemon, stopDaemon } from "../../../scripts/lib/cluster/daemons.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { breakAndMend } from "./config.js";
import { type Fault, type Struck, untilWhole } from "./endure.js";
import { namespace, type Replica, replicasOf } from "./replicas.js";
import {
  answering,
  daemonOf,
  killPods,
  nodeOf,
  restartAfter,
  signal,
  type Testbed,
  until,
  untilLeftOut,
} from "./testbed.js";
import { fillVolumes } from "./volume.js";

/** The node that the control plane does not run on. */
const otherNode = "devbox-2";

/** How long a replica stays left out of the Service while it is asked on. */
const leftOutMilliseconds = 15_000;

/** Every fault, those first that a token must not be blamed for: see token.ts. */
export const faults: readonly Fault[] = [
  {
    name: "The API server is away for 60 s",
    cause: async (testbed) => {
      await restartAfter(daemonOf(testbed, "kube-apiserver"), 60_000);
      await until("the API server answers", async () => (await readyz(testbed)) === "ok");
      return undefined;
    },
    // A kubelet asks the API server who scrapes it, and remembers the answer for two minutes only.
    mayMiss: ({ job }) => ["kubernetes-apiservers", "kubelet", "cadvisor"].includes(job),
  },
  {
    name: "A kubelet restarts",
    cause: async (testbed) => {
      await restartAfter(daemonOf(testbed, "kubelet", otherNode), 5_000);
      return undefined;
    },
    mayMiss: ({ job, node }) => ["kubelet", "cadvisor"].includes(job) && node === otherNode,
  },
  {
    name: "One replica is killed (`kill -9`) under load",
    cause: async (testbed) => {
      await signal(testbed, await answering(testbed), "SIGKILL");
      return undefined;
    },
  },
  {
    name: "Both replicas are killed (`kill -9`)",
    cause: async (testbed) => {
      for (const replica of await replicasOf(testbed.cluster.kubectl)) await signal(testbed, replica, "SIGKILL");
      return undefined;
    },
    mayMiss: () => true,
  },
  {
    name: "A pod is deleted",
    cause: async (testbed) => {
      const { pod, address } = await answering(testbed);
      // Kubernetes tells of it beforehand, so that no query needs to fail.
      const leftOutAt = Date.now();
      await testbed.cluster.kubectl.text(["delete", "pod", pod, "--namespace", namespace]);
      return { addresses: [address], leftOutAt };
    },
  },
  { name: "A broken configuration is applied, then the mended one", cause: breakAndMend },
  {
    name: "A replica hangs: it is not ready",
    cause: async (testbed) => {
      const replica = await answering(testbed);
      await signal(testbed, replica, "SIGSTOP");
      try {
        return await leftOut(testbed, replica, [replica.address]);
      } finally {
        await signal(testbed, replica, "SIGCONT");
      }
    },
  },
  { name: "The volume fills up to the retention size", cause: fillVolumes },
  {
    name: "A node dies: its kubelet, its container runtime, and all that runs there",
    prepare: async (testbed) => leadTo(testbed, await replicaOn(testbed, otherNode)),
    cause: async (testbed) => {
      const replica = await replicaOn(testbed, otherNode);
      const addresses = await podAddresses(testbed, otherNode);
      const [kubelet, containerd] = ["kubelet", "containerd"].map((name) => daemonOf(testbed, name, otherNode));
      if (kubelet === undefined || containerd === undefined) throw new Failure(`${otherNode} is no node`);
      await stopDaemon(kubelet);
      await stopDaemon(containerd);
      await killPods(nodeOf(testbed, otherNode));
      try {
        return await leftOut(testbed, replica, addresses);
      } finally {
        await startDaemon(containerd);
        await startDaemon(kubelet);
      }
    },
    mayMiss: ({ node }) => node === otherNode,
  },
];

/** Waits until the Service leaves a replica out, and lets it be asked on for a while. */
async function leftOut(testbed: Testbed, replica: Replica, addresses: readonly string[]): Promise<Struck> {
  await untilLeftOut(testbed, replica);
  const leftOutAt = Date.now();
  await sleep(leftOutMilliseconds);
  return { addresses, leftOutAt };
}

async function podAddresses({ cluster }: Testbed, node: string): Promise<string[]> {
  const args = ["get", "pods", "--all-namespaces", "--field-selector", `spec.nodeName=${node}`];
  const { items } = await cluster.kubectl.json<{ items: readonly IPod[] }>(args);
  return items.flatMap(({ status }) => status?.podIP ?? []);
}

async function readyz({ cluster }: Testbed): Promise<string | undefined> {
  try {
    return await cluster.kubectl.raw("/readyz");
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

async function replicaOn({ cluster }: Testbed, node: string): Promise<Replica> {
  const replica = (await replicasOf(cluster.kubectl)).find((replica) => replica.node === node);
  if (replica === undefined) throw new Failure(`no replica runs on node ${node}`);
  return replica;
}

/** Has the Service lead this machine to a replica: it stays with one as long as that one is there. */
async function leadTo(testbed: Testbed, wanted: Replica): Promise<void> {
  const now = await answering(testbed);
  if (now.pod === wanted.pod) return;
  await signal(testbed, now, "SIGSTOP");
  try {
    await untilLeftOut(testbed, now);
    await until(`the Service leads to ${wanted.pod}`, async () => (await answering(testbed)).pod === wanted.pod);
  } finally {
    await signal(testbed, now, "SIGCONT");
  }
  await untilWhole(testbed);
  await sleep(30_000);
}
