import { hostAndPort } from "../../../scripts/lib/address.js";
import { runInside } from "../../../scripts/lib/cluster/node.js";
import { Failure } from "../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { type Block, putBlocks } from "./blocks.js";
import { namespace, type Replica, replicasOf, value } from "./replicas.js";
import { nodeOf, type Testbed, until } from "./testbed.js";

/** In steps of three days: of one that survives what {@link fillVolumes} does, and of those that fill the volume. */
const witnessAge = 1;
const fillerAges = [2, 3, 4, 5, 6];

/** Gives every replica a finished block, which each fault must leave whole. */
export async function putWitnesses(testbed: Testbed): Promise<Block[]> {
  const put = putting(testbed, [witnessAge]);
  const blocks = await Promise.all((await replicasOf(testbed.cluster.kubectl)).map(put));
  await until("every replica has loaded its block", async () =>
    (await counts(testbed, "prometheus_tsdb_blocks_loaded")).every((count) => count >= 1),
  );
  return blocks[0] ?? [];
}

/** Fills the volume of every replica past the retention size, and returns when Prometheus has made room. */
export async function fillVolumes(testbed: Testbed): Promise<undefined> {
  const replicas = await replicasOf(testbed.cluster.kubectl);
  await Promise.all(replicas.map(putting(testbed, fillerAges)));
  await until("every replica has removed its oldest blocks", async () =>
    (await counts(testbed, "prometheus_tsdb_size_retentions_total")).every((count) => count >= 1),
  );
  for (const replica of replicas) {
    const { node, path } = await volumeOf(testbed, replica);
    const free = Number((await runInside(node, ["df", "--output=avail", path])).trim().split("\n").at(-1));
    if (free === 0) throw new Failure(`the volume of ${replica.pod} is full: the retention size came too late`);
  }
}

function putting(testbed: Testbed, ages: readonly number[]): (replica: Replica) => Promise<Block[]> {
  const now = Math.floor(Date.now() / 1000);
  return async (replica) => {
    const { node, path } = await volumeOf(testbed, replica);
    return await putBlocks(node, path, ages, now);
  };
}

/** Prometheus' own counters, by their last sample. */
async function counts(testbed: Testbed, metric: string): Promise<number[]> {
  const replicas = await replicasOf(testbed.cluster.kubectl);
  return await Promise.all(
    replicas.map(
      async (replica) => (await value(replica, `${metric}{instance="${hostAndPort(replica.address, 9090)}"}`)) ?? 0,
    ),
  );
}

async function volumeOf(testbed: Testbed, { pod, node }: Replica) {
  return { node: nodeOf(testbed, node), path: await volumePath(testbed.cluster.kubectl, namespace, `data-${pod}`) };
}

/** Where the volume of a claim is, on its node. */
export async function volumePath(kubectl: Kubectl, namespace: string, claim: string): Promise<string> {
  const volumeClaim = ["get", "persistentvolumeclaim", claim, "--namespace", namespace];
  const { spec } = await kubectl.json<{ spec: { volumeName: string } }>(volumeClaim);
  const volume = ["get", "persistentvolume", spec.volumeName];
  return (await kubectl.json<{ spec: { local: { path: string } } }>(volume)).spec.local.path;
}
