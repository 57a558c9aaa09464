import { dirname, join } from "node:path";
import type { Daemon } from "../../../proof/lib/gitops/daemon.js";
import type { Needed } from "../../../scripts/lib/debian.js";
import { root } from "../../../scripts/lib/project.js";
import { toolchain } from "../../../scripts/lib/toolchain/index.js";
import { namespace, repositoryName } from "./layout.js";

/** What Argo CD takes from Debian. */
export const needed: readonly Needed[] = [
  // Debian's redis-server is a link to this program, and a service that apt starts on the machine.
  { file: "/usr/bin/redis-check-rdb", package: "redis-tools" },
  { file: "/usr/lib/git-core/git-daemon", package: "git" },
];

/** Where Argo CD runs. */
export interface Place {
  /** The folder of all that it writes. */
  readonly folder: string;
  /** Of the administrator of the cluster that it runs for. */
  readonly kubeconfig: string;
  /** Free ports of loopback: {@link portCount} of them. */
  readonly ports: readonly number[];
}

/** How many ports {@link daemons} wants. */
export const portCount = 8;

/** The link by whose name the program of {@link needed} is the server. */
export const redisServer = { link: "bin/redis-server", target: "/usr/bin/redis-check-rdb" } as const;

/**
 * The repo-server asks this program for the signature of each commit, wanted or not. Argo CD's own image has one that
 * looks with gpg; no output is its answer where there is none.
 */
export const signatures = { file: "bin/git-verify-wrapper.sh", text: "#!/bin/sh\n" } as const;

/** The plugin's configuration, which users have in a sidecar of the repo-server. */
const pluginFolder = join(root, "docs/argo-cd/plugin");

/** Folders below Argo CD's own that its programs want to be there. */
export const folders = ["bin", "tmp", "tls", "ssh", "plugins", "gpg"] as const;

/**
 * Argo CD without what people look at: its cache, its two controllers and what renders, with the generators as a plugin, and
 * the Git server that stands for the user's own. All on loopback.
 *
 * @returns the programs in the order in which they start, and the address of the repository.
 */
export async function daemons({ folder, kubeconfig, ports }: Place): Promise<{ all: Daemon[]; gitUrl: string }> {
  const [git = 0, redis = 0, render = 0, renderMetrics = 0, metrics = 0, setMetrics = 0, setProbe = 0, setWebhook = 0] =
    ports;
  const argocd = await toolchain.tool("argocd");
  const path = [join(folder, "bin"), dirname(await toolchain.tool("kustomize")), dirname(process.execPath)];
  const environment = [
    `PATH=${path.join(":")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    `HOME=${folder}`,
    `TMPDIR=${join(folder, "tmp")}`,
    `KUBECONFIG=${kubeconfig}`,
    // https://kubernetes.default.svc is the cluster that Argo CD runs in: outside of it, that of KUBECONFIG.
    "ARGOCD_FAKE_IN_CLUSTER=true",
    "ARGOCD_GPG_ENABLED=false",
    `ARGOCD_GNUPGHOME=${join(folder, "gpg")}`,
    `ARGOCD_TLS_DATA_PATH=${join(folder, "tls")}`,
    `ARGOCD_SSH_DATA_PATH=${join(folder, "ssh")}`,
    `ARGOCD_PLUGINSOCKFILEPATH=${join(folder, "plugins")}`,
    "ARGOCD_CONTROLLER_SHARD=0",
  ];
  const local = (port: number) => `127.0.0.1:${port}`;
  const program = (name: string, listens: number | string, args: readonly string[]): Daemon => ({
    name,
    command: "env",
    args: [...environment, argocd, name, "--logformat=text", ...args],
    listens,
  });
  const cluster = [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`];
  const all: Daemon[] = [
    {
      name: "redis",
      command: join(folder, redisServer.link),
      args: ["--bind", "127.0.0.1", "--port", `${redis}`, "--save", "", "--dir", folder],
      listens: redis,
    },
    {
      name: "git-daemon",
      command: "/usr/lib/git-core/git-daemon",
      args: ["--listen=127.0.0.1", `--port=${git}`, "--reuseaddr", "--export-all", `--base-path=${folder}`, folder],
      listens: git,
    },
    program("argocd-cmp-server", join(folder, "plugins/plain-prometheus.sock"), [`--config-dir-path=${pluginFolder}`]),
    program("argocd-repo-server", render, [
      "--address=127.0.0.1",
      `--port=${render}`,
      "--metrics-address=127.0.0.1",
      `--metrics-port=${renderMetrics}`,
      "--disable-tls",
      "--client-ca-path=",
      `--redis=${local(redis)}`,
    ]),
    program("argocd-application-controller", metrics, [
      ...cluster,
      `--metrics-port=${metrics}`,
      // Each object's health in the Application, where kubectl sees it; by default it is in the cache alone.
      "--persist-resource-health",
      `--repo-server=${local(render)}`,
      "--repo-server-plaintext",
      `--redis=${local(redis)}`,
    ]),
    program("argocd-applicationset-controller", setProbe, [
      ...cluster,
      `--metrics-addr=${local(setMetrics)}`,
      `--probe-addr=${local(setProbe)}`,
      `--webhook-addr=${local(setWebhook)}`,
      `--argocd-repo-server=${local(render)}`,
      "--repo-server-plaintext",
    ]),
  ];
  return { all, gitUrl: `git://${local(git)}/${repositoryName}` };
}
