import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { $ } from "zx";
import { cluster } from "../../../scripts/lib/cluster/index.js";
import type { Layout } from "../../../scripts/lib/cluster/layout.js";
import { type CallOptions, type Kubectl, kubectl } from "../../../scripts/lib/kubectl.js";
import { root } from "../../../scripts/lib/project.js";

/** The embedded cluster with overlays/devbox applied, as `npm run up` leaves it. */
export interface Devbox {
  /** What `npm run up` printed on stdout. */
  readonly printed: string;
  readonly kubectl: Kubectl;
  readonly layout: Layout;
  nodes(): Promise<{ name: string; address: string }[]>;
  /** What kubectl prints when it identifies itself by a token of Prometheus' ServiceAccount. */
  asPrometheus(args: readonly string[], options?: CallOptions): Promise<string>;
}

interface Nodes {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly addresses: readonly { readonly type: string; readonly address: string }[] };
  }[];
}

/**
 * Runs `npm run up` as a person would, and says what there is. Starts nothing that runs already.
 *
 * @param shape - more arguments, such as `--nodes 2`
 */
export async function devbox(...shape: readonly string[]): Promise<Devbox> {
  const { stdout } = await $({
    cwd: root,
    quiet: true,
    stdio: ["ignore", "pipe", "inherit"],
  })`npm run -s up -- ${shape}`;
  const running = await cluster.current();
  if (running === undefined) throw new Error("npm run up succeeded, and there is no cluster");
  const bound = running.kubectl;
  return {
    // A test runner that wants colours hands that wish on to its children.
    printed: stripVTControlCharacters(stdout),
    kubectl: bound,
    layout: running.layout,
    async nodes() {
      const { items } = await bound.json<Nodes>(["get", "nodes"]);
      return items.map(({ metadata, status }) => ({
        name: metadata.name,
        address: status.addresses.find(({ type }) => type === "InternalIP")?.address ?? "",
      }));
    },
    async asPrometheus(args, options) {
      const token = await bound.text(["create", "token", "prometheus", "--namespace", "monitoring-system"]);
      return await withToken(bound, token.trim(), (limited) => limited.text(args, options));
    },
  };
}

interface Kubeconfig {
  users: { user: Record<string, string> }[];
}

/**
 * A kubectl that has nothing but a token. `--token` beside the kubeconfig would not do: its client certificate wins, and
 * the answers would be an administrator's.
 */
async function withToken<T>(bound: Kubectl, token: string, work: (limited: Kubectl) => Promise<T>): Promise<T> {
  const config = await bound.json<Kubeconfig>(["config", "view", "--raw", "--minify"]);
  for (const entry of config.users) entry.user = { token };
  const folder = await mkdtemp(join(tmpdir(), "token-"));
  try {
    const file = join(folder, "kubeconfig");
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    return await work(kubectl({ kubeconfig: file }));
  } finally {
    await rm(folder, { recursive: true });
  }
}
