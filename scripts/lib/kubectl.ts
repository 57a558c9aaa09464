import type { StdioOptions } from "node:child_process";
import { $ } from "zx";
import { findCommand } from "./debian.js";
import { Failure } from "./failure.js";
import { toolchain } from "./toolchain/index.js";

/** Which cluster a kubectl speaks to. Without a context it is that of the kubeconfig. */
export interface Target {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** The kubectl to run instead of the usual one, where the machine is Linux: that of the embedded cluster. */
  readonly command?: string;
  readonly lacks?: readonly string[];
}

/** How one call of kubectl is made. */
export interface CallOptions {
  /** What kubectl reads on stdin, for `-f -`. */
  readonly input?: string;
  /** Exit codes that are an answer and not an error: `kubectl diff` ends with 1 where it finds one. Default: 0. */
  readonly accept?: readonly number[];
}

/** kubectl, bound to one cluster. Each method throws a Failure with what kubectl said when it does not succeed. */
export interface Kubectl {
  /** The arguments that bind it, for a command line that the user can repeat. */
  readonly flags: readonly string[];
  /** Images that its cluster is known not to get, as the manifests name them: the embedded one has no registry. */
  readonly lacks: readonly string[];
  /** What `kubectl ARGS -o json` prints, parsed; the caller says what it is. */
  json<T>(args: readonly string[]): Promise<T>;
  /** What kubectl prints on stdout. */
  text(args: readonly string[], options?: CallOptions): Promise<string>;
  /** What the API server answers to a GET of that path, such as `/readyz`. */
  raw(path: string): Promise<string>;
}

/** The oldest minor version of kubectl 1.x whose Kustomize builds these overlays. */
const oldestMinor = 30;

/** The minor version in what `kubectl version --client -o json` prints: 32 for v1.32.4; undefined when there is none. */
export function minorVersion(printed: string): number | undefined {
  const found = /"gitVersion":\s*"v1\.(\d+)\./.exec(printed);
  return found === null ? undefined : Number(found[1]);
}

/** kubectl of one cluster; or, with no target, for what needs no cluster (`kustomize`). */
export function kubectl(target: Target = {}): Kubectl {
  const flags = [
    ...(target.kubeconfig === undefined ? [] : ["--kubeconfig", target.kubeconfig]),
    ...(target.context === undefined ? [] : ["--context", target.context]),
  ];
  const text: Kubectl["text"] = async (args, { input, accept = [0] } = {}) => {
    // What outlives a killed `npm run up` would ask a cluster that is gone.
    const ending = ["setpriv", "--pdeathsig", "KILL", "--"];
    const command = target.command === undefined ? [await kubectlCommand()] : [...ending, target.command];
    // Where a context has no user, kubectl asks for one on an open stdin and waits for ever.
    const stdin = input === undefined ? { stdio: ["ignore", "pipe", "pipe"] satisfies StdioOptions } : { input };
    const result = await $({ quiet: true, nothrow: true, ...stdin })`${command} ${flags} ${args}`;
    if (result.exitCode !== null && accept.includes(result.exitCode)) return result.stdout;
    throw new Failure(`${["kubectl", ...flags, ...args].join(" ")} failed:\n${result.stderr.trim()}`);
  };
  return {
    flags,
    lacks: target.lacks ?? [],
    text,
    json: async <T>(args: readonly string[]) => JSON.parse(await text([...args, "-o", "json"])) as T,
    raw: (path) => text(["get", "--raw", path]),
  };
}

/** Applies objects as they are, in this order. */
export async function applyObjects(kubectl: Kubectl, objects: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await kubectl.text(["apply", "--filename=-"], { input });
}

let command: Promise<string> | undefined;

/** The kubectl to run: PATH's, or the toolchain's where that is older than 1.30 or missing. */
export function kubectlCommand(): Promise<string> {
  command ??= installedKubectl().then(({ path, usable }) => (usable ? path : toolchain.tool("kubectl")));
  return command;
}

let rendering: Promise<readonly string[]> | undefined;

/** What renders a folder: PATH's kubectl; or Kustomize, which is built in seconds, where that is older than 1.30 or missing. */
export function kustomizeCommand(): Promise<readonly string[]> {
  rendering ??= installedKubectl().then(async ({ path, usable }) =>
    usable ? [path, "kustomize"] : [await toolchain.tool("kustomize"), "build"],
  );
  return rendering;
}

async function installedKubectl(): Promise<{ path: string; minor: number | undefined; usable: boolean }> {
  const path = findCommand("kubectl");
  if (path === undefined) return { path: "", minor: undefined, usable: false };
  const { stdout } = await $({ quiet: true, nothrow: true })`${path} version --client -o json`;
  const minor = minorVersion(stdout);
  return { path, minor, usable: minor !== undefined && minor >= oldestMinor };
}

/**
 * kubectl for a cluster that the user named.
 *
 * @throws Failure when there is no kubectl 1.30 or newer, when there is no context of that name (it lists those there
 * are), and when the cluster does not answer.
 */
export async function namedCluster(context: string): Promise<Kubectl> {
  const { path, minor, usable } = await installedKubectl();
  if (!usable) {
    const found = minor === undefined ? "there is no kubectl in PATH" : `${path} is kubectl 1.${minor}`;
    throw new Failure(found, `install kubectl 1.${oldestMinor} or newer, see https://kubernetes.io/docs/tasks/tools/`);
  }
  const contexts = (await kubectl().text(["config", "get-contexts", "-o", "name"])).split("\n").filter(Boolean);
  if (!contexts.includes(context)) {
    const known = contexts.length === 0 ? "your kubeconfig has none" : `your kubeconfig has ${contexts.join(", ")}`;
    throw new Failure(`there is no context ${context}`, `${known} (kubectl config get-contexts)`);
  }
  const bound = kubectl({ context });
  try {
    await bound.text(["get", "--raw", "/version", "--request-timeout=10s"]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      `the cluster of context ${context} does not answer: ${error.message}`,
      `kubectl --context ${context} get --raw /version must succeed first`,
    );
  }
  return bound;
}
