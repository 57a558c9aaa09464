import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startAndWait } from "../../../proof/lib/gitops/daemon.js";
import { makeRepository, type Repository } from "../../../proof/lib/gitops/repository.js";
import { provide } from "../../../scripts/lib/debian.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import type { Program } from "../../../scripts/lib/poc/program.js";
import { step } from "../../../scripts/lib/progress.js";
import { toolchain } from "../../../scripts/lib/toolchain/index.js";
import { daemons, folders, needed, type Place, redisServer, signatures } from "./daemons.js";
import { install } from "./install.js";
import { repositoryName } from "./layout.js";

/** Argo CD while it runs. */
export interface ArgoCd {
  readonly repository: Repository;
  /** The address of that repository, as an Application's `repoURL` says it. */
  readonly repositoryUrl: string;
  /** Ends it and removes its folder. What its Applications made stays. */
  stop(): Promise<void>;
}

/**
 * Starts Argo CD as processes on loopback, for the cluster of a kubeconfig: there is no registry to pull its image from.
 * Its Git repository has `base/` and `overlays/` of this checkout. It ends with this process at the latest.
 *
 * @throws Failure that names what is missing on this machine, or the program that did not come up, with its last lines.
 */
export async function startArgoCd(place: Place, kubectl: Kubectl): Promise<ArgoCd> {
  await provide(needed, "Argo CD beside a cluster");
  await toolchain.provide(["argocd", "kustomize"]);
  const { folder } = place;
  const { all, gitUrl } = await daemons(place);
  const programs: Program[] = [];
  let repository: Repository | undefined;
  const stop = async () => {
    for (const program of programs.reverse()) await program.stop();
    await repository?.remove();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return await step(`starting Argo CD ${await toolchain.version("argocd")}`, async () => {
      for (const name of folders) await mkdir(join(folder, name), { recursive: true });
      await symlink(redisServer.target, join(folder, redisServer.link));
      await writeFile(join(folder, signatures.file), signatures.text, { mode: 0o755 });
      await install(kubectl);
      const made = await makeRepository(join(folder, repositoryName));
      repository = made;
      for (const daemon of all) programs.push(await startAndWait(daemon, folder));
      return { repository: made, repositoryUrl: gitUrl, stop };
    });
  } catch (error) {
    await stop();
    throw error;
  }
}
