import type { INode } from "kubernetes-models/v1/Node";
import type { IPod } from "kubernetes-models/v1/Pod";
import { Failure } from "../../../scripts/lib/failure.js";
import { applyObjects, type Kubectl } from "../../../scripts/lib/kubectl.js";
import type { Rendered } from "../../../scripts/lib/rendered/objects.js";
import { waitFor } from "../../../scripts/lib/wait.js";
import { type Copy, isOutside, objectsOf, proofKinds, proofLabel } from "./copy.js";
import { copyPolicies } from "./copy-policies.js";
import { type Outside, startOutside } from "./outside.js";
import { holdersIn, type Removal, removalsOf } from "./removals.js";
import { samples, samplesNamespace } from "./samples.js";
import { type Loss, lossOf, type Seen, see } from "./see.js";
import { after, restless, type Sighting } from "./steady.js";

/** What came of taking one permission away. */
export interface Proof {
  readonly removal: Removal;
  /** Undefined when nothing noticed: the permission is not needed. */
  readonly loss: Loss | undefined;
}

const atMostSeconds = 600;

/** What of an overlay is proven, and who is told meanwhile. */
interface ProofOptions {
  /** Names of the roles whose permissions are taken away. Absent: all of them. */
  readonly roles?: readonly string[];
  /** Called after each look at the copies. */
  readonly onProgress?: (settled: number, of: number) => void;
}

/**
 * Takes every permission of an overlay that runs on the embedded cluster away from a copy of the pod that has it, one
 * copy for each, all at once beside the real ones, and looks what each copy no longer has. Leaves nothing behind.
 *
 * @throws Failure when a copy does not come to rest.
 */
export async function proveRbac(
  rendered: Rendered,
  kubectl: Kubectl,
  { roles, onProgress = () => {} }: ProofOptions = {},
): Promise<Proof[]> {
  const copies = copiesFor(rendered, roles);
  await clear(kubectl);
  let outside: Outside | undefined;
  try {
    const namespaces = [...new Set(copies.map(({ holder }) => holder.namespace))];
    await applyObjects(kubectl, samples(rendered, await addressOfNode(kubectl)));
    await applyObjects(kubectl, [
      ...namespaces.flatMap((namespace) => copyPolicies(rendered, namespace, proofLabel)),
      ...copies.flatMap((copy) => objectsOf(copy, rendered)),
    ]);
    outside = await startOutside(copies.filter(isOutside), kubectl);
    const seen = await whenSteady(copies, outside.addresses, kubectl, onProgress);
    return copies.flatMap(({ name, holder, removal }) => {
      if (removal === undefined) return [];
      const whole = copies.find((copy) => copy.holder === holder && copy.removal === undefined);
      const [of, without] = [seen.get(whole?.name ?? ""), seen.get(name)];
      if (of === undefined || without === undefined) throw new Error(`the copy ${name} was not looked at`);
      return [{ removal, loss: lossOf(of, without) }];
    });
  } finally {
    await outside?.stop();
    await clear(kubectl);
  }
}

/**
 * For each ServiceAccount a copy that lacks nothing, and one for each of its permissions.
 *
 * @param roles - names of the roles whose permissions count; absent: all of them
 */
export function copiesFor(rendered: Rendered, roles?: readonly string[]): Copy[] {
  return holdersIn(rendered).flatMap((holder) => {
    const removals = removalsOf(holder, rendered).filter(
      ({ binding }) => roles?.includes(binding.roleRef.name) ?? true,
    );
    if (removals.length === 0) return [];
    return [undefined, ...removals].map(
      (removal, index): Copy => ({ name: `proof-${holder.name}-${index}`, holder, removal }),
    );
  });
}

/** Looks at the copies until none of them changes any more. */
async function whenSteady(
  copies: readonly Copy[],
  outside: ReadonlyMap<string, string>,
  kubectl: Kubectl,
  onProgress: (settled: number, of: number) => void,
): Promise<Map<string, Seen>> {
  const sightings = new Map<string, Sighting>();
  const reasons = () =>
    copies.flatMap(({ name }) => {
      const reason = restless(sightings.get(name), Date.now());
      return reason === undefined ? [] : [{ name, reason }];
    });
  const allSteady = async () => {
    const addresses = new Map([...(await addressesOf(kubectl)), ...outside]);
    await Promise.all(
      copies.map(async ({ name, holder }) => {
        const address = addresses.get(name);
        const seen = address === undefined ? undefined : await see(holder.name, address);
        const sighting = after(sightings.get(name), seen, Date.now());
        if (sighting !== undefined) sightings.set(name, sighting);
      }),
    );
    const left = reasons().length;
    onProgress(copies.length - left, copies.length);
    return left === 0;
  };
  await waitFor(allSteady, {
    seconds: atMostSeconds,
    pauseMilliseconds: 5000,
    otherwise: () =>
      new Failure(
        `these copies did not come to rest within ${atMostSeconds}s:\n${reasons()
          .map(({ name, reason }) => `  ${name}: ${reason}`)
          .join("\n")}`,
        `see that the machine has room for them: ${copies.length} run beside the others`,
      ),
  });
  return new Map([...sightings].map(([name, { seen }]) => [name, seen]));
}

async function addressOfNode(kubectl: Kubectl): Promise<string> {
  const { items } = await kubectl.json<{ items: readonly INode[] }>(["get", "nodes"]);
  const addresses = items.flatMap(({ status }) => status?.addresses ?? []);
  const { address } = addresses.find(({ type }) => type === "InternalIP") ?? {};
  if (address === undefined) throw new Failure("no node has an InternalIP", "kubectl get nodes --output=wide");
  return address;
}

async function addressesOf(kubectl: Kubectl): Promise<Map<string, string>> {
  const args = ["get", "pods", "--all-namespaces", "--selector", selector()];
  const { items } = await kubectl.json<{ items: readonly IPod[] }>(args);
  return new Map(
    items.flatMap(({ metadata, status }) => (status?.podIP ? [[metadata?.name ?? "", status.podIP]] : [])),
  );
}

async function clear(kubectl: Kubectl): Promise<void> {
  const ours = [proofKinds, "--all-namespaces", "--selector", selector()];
  await kubectl.text(["delete", ...ours, "--ignore-not-found", "--now"]);
  await kubectl.text(["delete", "namespace", samplesNamespace, "--ignore-not-found"]);
}

function selector(): string {
  return Object.entries(proofLabel)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
