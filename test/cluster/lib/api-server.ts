import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "zx";
import type { Failure } from "../../../scripts/lib/failure.js";
import { type Kubectl, kubectl } from "../../../scripts/lib/kubectl.js";
import { type Program, start } from "../../../scripts/lib/poc/program.js";
import { type ToolName, toolchain } from "../../../scripts/lib/toolchain/index.js";
import { waitFor } from "../../../scripts/lib/wait.js";

/**
 * Runs `use` with the API server of some version, alone with an etcd on loopback: it admits, defaults and validates as any
 * other, and nothing runs what it keeps. Nothing of it stays.
 */
export async function withApiServer<T>(
  apiserver: ToolName,
  use: (kubectl: Kubectl, kubeconfig: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-apiserver-"));
  const programs: Program[] = [];
  let ended: Failure | undefined;
  const run = (name: string, command: string, args: readonly string[]) => {
    programs.push(
      start(name, command, args, folder, (failure) => {
        ended ??= failure;
      }),
    );
  };
  try {
    const [clients, peers, secure] = await freePorts(3);
    const token = randomUUID();
    const key = join(folder, "service-accounts.key");
    await $({ quiet: true })`openssl genrsa -out ${key} 2048`;
    await writeFile(join(folder, "tokens.csv"), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
    run("etcd", await toolchain.tool("etcd"), [
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=http://127.0.0.1:${clients}`,
      `--advertise-client-urls=http://127.0.0.1:${clients}`,
      `--listen-peer-urls=http://127.0.0.1:${peers}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peers}`,
      `--initial-cluster=default=http://127.0.0.1:${peers}`,
      "--unsafe-no-fsync",
    ]);
    run(apiserver, await toolchain.tool(apiserver), [
      `--etcd-servers=http://127.0.0.1:${clients}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      // It would refuse to say of itself that it is on loopback.
      "--endpoint-reconciler-type=none",
      `--secure-port=${secure}`,
      `--cert-dir=${folder}`,
      `--token-auth-file=${join(folder, "tokens.csv")}`,
      "--authorization-mode=RBAC",
      "--service-cluster-ip-range=10.96.0.0/16",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
    ]);
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, configFor(`https://127.0.0.1:${secure}`, join(folder, "apiserver.crt"), token), {
      mode: 0o600,
    });
    const bound = kubectl({ kubeconfig, command: await toolchain.tool("kubectl") });
    const ready = () => {
      if (ended !== undefined) throw ended;
      return bound.raw("/readyz").catch(() => undefined);
    };
    await waitFor(ready, { seconds: 180, otherwise: () => new Error(`${apiserver} was not ready after 180 s`) });
    return await use(bound, kubeconfig);
  } finally {
    for (const program of programs.reverse()) await program.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function configFor(server: string, authority: string, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "alone", cluster: { server, "certificate-authority": authority } }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "alone", context: { cluster: "alone", user: "admin" } }],
    "current-context": "alone",
  });
}

/** Ports of loopback that nobody has, and that differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once("error", reject).listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
