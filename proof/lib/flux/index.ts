import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { provide } from "../../../scripts/lib/debian.js";
import { applyObjects, type Kubectl } from "../../../scripts/lib/kubectl.js";
import { freePort } from "../../../scripts/lib/poc/ports.js";
import type { Program } from "../../../scripts/lib/poc/program.js";
import { step } from "../../../scripts/lib/progress.js";
import { toolchain } from "../../../scripts/lib/toolchain/index.js";
import { moduleSource } from "../../../scripts/lib/toolchain/patched-module.js";
import { startAndWait } from "../gitops/daemon.js";
import { makeRepository, type Repository } from "../gitops/repository.js";
import { served } from "../gitops/served.js";
import { serveGit } from "./git-server.js";
import { namespace } from "./kustomization.js";

/** The two controllers that docs/flux needs; each is the name of its family and of its program. */
const controllers = ["source-controller", "kustomize-controller"] as const;

/** Flux while it runs. */
export interface Flux {
  readonly repository: Repository;
  /** The address of that repository, as a GitRepository's `url` says it. */
  readonly repositoryUrl: string;
  /** Ends it. What its Kustomizations made stays. */
  stop(): Promise<void>;
}

/**
 * Starts Flux' controllers as processes on loopback, for the cluster of a kubeconfig: there is no registry to pull their
 * images from. Its Git repository has `base/` and `overlays/` of this checkout. It ends with this process at the latest.
 *
 * @param folder - of all that it writes
 * @throws Failure that names the program that does not build or did not come up, with its last lines.
 */
export async function startFlux(folder: string, kubeconfig: string, kubectl: Kubectl): Promise<Flux> {
  await provide([{ file: "git", package: "git" }], "Flux beside a cluster");
  await toolchain.provide(controllers);
  const programs: Program[] = [];
  const git = await serveGit(folder);
  let repository: Repository | undefined;
  const stop = async () => {
    git.close();
    for (const program of programs.reverse()) await program.stop();
    await repository?.remove();
  };
  try {
    return await step(`starting Flux' controllers ${await toolchain.version("source-controller")}`, async () => {
      await install(kubectl);
      const made = await makeRepository(join(folder, "monitoring.git"));
      repository = made;
      for (const name of controllers) {
        const [health, metrics] = [await freePort(), await freePort()];
        const args = [
          "--watch-all-namespaces=false",
          `--health-addr=127.0.0.1:${health}`,
          `--metrics-addr=127.0.0.1:${metrics}`,
          ...(name === "source-controller" ? await storage(folder) : []),
        ];
        const environment = [`KUBECONFIG=${kubeconfig}`, `RUNTIME_NAMESPACE=${namespace}`, `HOME=${folder}`];
        const command = [...environment, await toolchain.tool(name), ...args];
        programs.push(await startAndWait({ name, command: "env", args: command, listens: health }, folder));
      }
      return { repository: made, repositoryUrl: `${git.url}/monitoring.git`, stop };
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where source-controller keeps what it fetched, and where kustomize-controller gets that. */
async function storage(folder: string): Promise<string[]> {
  const path = join(folder, "storage");
  await mkdir(path);
  const address = `127.0.0.1:${await freePort()}`;
  return [`--storage-path=${path}`, `--storage-addr=${address}`, `--storage-adv-addr=${address}`];
}

/** Gives the cluster the kinds of these controllers, as their releases ship them, and their namespace. */
async function install(kubectl: Kubectl): Promise<void> {
  for (const name of controllers) {
    await kubectl.text(["apply", "--server-side", "--filename", join(await moduleSource(name), "config/crd/bases")]);
  }
  await served(kubectl, "source.toolkit.fluxcd.io/v1", ["gitrepositories"]);
  await served(kubectl, "kustomize.toolkit.fluxcd.io/v1", ["kustomizations"]);
  await applyObjects(kubectl, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }]);
}
