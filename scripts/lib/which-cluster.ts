import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { lackedImages } from "./cluster/index.js";
import { contextName, kubeconfigFile } from "./cluster/layout.js";
import { Failure } from "./failure.js";
import { type Kubectl, kubectl, namedCluster, type Target } from "./kubectl.js";

/**
 * The cluster that the user means: the one named, else the embedded one. Never the current context of the user's own
 * kubeconfig, which may be any cluster.
 *
 * @throws Failure when it is not there or does not answer.
 */
export async function whichCluster({ context, kubeconfig }: Target): Promise<Kubectl> {
  if (kubeconfig === undefined && context !== undefined) return await namedCluster(context);
  if (kubeconfig === undefined && !existsSync(kubeconfigFile)) {
    throw new Failure(
      "no embedded cluster runs on this machine, and no other is named",
      "npm run up starts one; --context NAME names one of your own (kubectl config get-contexts)",
    );
  }
  if (kubeconfig !== undefined && !existsSync(kubeconfig)) {
    throw new Failure(`there is no kubeconfig ${kubeconfig}`, "name a file that exists: --kubeconfig FILE");
  }
  const file = kubeconfig ?? kubeconfigFile;
  const isEmbedded = resolve(file) === kubeconfigFile && (context === undefined || context === contextName);
  const bound = kubectl(
    isEmbedded
      ? { kubeconfig: file, context: contextName, lacks: await lackedImages() }
      : { kubeconfig: file, ...(context !== undefined && { context }) },
  );
  try {
    await bound.text(["get", "--raw", "/version", "--request-timeout=10s"]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const cure = isEmbedded ? "npm run up starts it again" : "see that the file and the context are right";
    throw new Failure(`the cluster does not answer: ${error.message}`, cure);
  }
  return bound;
}
