import { existsSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { lastLines } from "./cluster/daemons.js";
import { shortcomings } from "./cluster/index.js";
import { type Place, placeOf, placeWithId, titleOf } from "./cluster/layout.js";
import { Failure } from "./failure.js";
import { type Kubectl, kubectl, namedCluster, type Target } from "./kubectl.js";
import { isPackage } from "./project.js";

/**
 * The cluster that the user means: the one named, else the embedded one. Never the current context of the user's own
 * kubeconfig, which may be any cluster.
 *
 * @throws Failure when it is not there or does not answer, or a program of the embedded one has ended.
 */
export async function whichCluster(target: Target): Promise<Kubectl> {
  const { context, kubeconfig } = target;
  const place = embeddedOf(target);
  if (place !== undefined) return await embedded(place);
  if (kubeconfig === undefined) return await namedCluster(context ?? "");
  if (!existsSync(kubeconfig)) {
    throw new Failure(`there is no kubeconfig ${kubeconfig}`, "name a file that exists: --kubeconfig FILE");
  }
  return await answering(
    kubectl({ kubeconfig, ...(context !== undefined && { context }) }),
    "see that the file and the context are right",
  );
}

/** The place of the embedded cluster, if the user means one. */
function embeddedOf({ context, kubeconfig }: Target): Place | undefined {
  if (context === undefined && kubeconfig === undefined) return placeOf();
  const place = placeWithId(context ?? basename(dirname(resolve(kubeconfig ?? ""))));
  if (!/^plain-prometheus(\.|$)/.test(place.id) || !existsSync(place.kubeconfig)) return undefined;
  return kubeconfig === undefined || resolve(kubeconfig) === place.kubeconfig ? place : undefined;
}

async function embedded(place: Place): Promise<Kubectl> {
  if (!existsSync(place.kubeconfig)) {
    throw new Failure(
      `${titleOf(place)} does not run on this machine, and no other is named`,
      `${isPackage ? "" : "npm run up starts it; "}--context NAME names one of your own (kubectl config get-contexts)`,
    );
  }
  const { lacks, dead } = await shortcomings(place);
  const [first] = dead;
  if (first !== undefined) {
    const names = dead.map(({ name, node }) => `${name} on node ${node.name}`).join(", ");
    throw new Failure(
      `${titleOf(place)} is not whole, this has ended: ${names}\n${await lastLines(first)}`,
      "npm run up starts the cluster anew",
    );
  }
  return await answering(
    kubectl({ kubeconfig: place.kubeconfig, context: place.id, lacks }),
    "npm run up starts it again",
  );
}

async function answering(bound: Kubectl, cure: string): Promise<Kubectl> {
  try {
    await bound.text(["get", "--raw", "/version", "--request-timeout=10s"]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(`the cluster does not answer: ${error.message}`, cure);
  }
  return bound;
}
