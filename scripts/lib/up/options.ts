import type { Families } from "../cluster/layout.js";
import type { KubeletTls } from "../cluster/worker.js";
import { Failure, Misuse } from "../failure.js";
import type { Said } from "../run.js";

/** What `npm run up` is asked for. */
interface UpOptions {
  readonly overlay: string;
  /** The context of a cluster of the user's own; absent: the embedded one. */
  readonly context?: string;
  /** Of the embedded cluster; absent: the one without a name. */
  readonly name?: string;
  readonly kubeletTls: KubeletTls;
  readonly nodes: 1 | 2;
  readonly families: Families;
}

const families = {
  IPv4: ["IPv4"],
  IPv6: ["IPv6"],
  "IPv4,IPv6": ["IPv4", "IPv6"],
  "IPv6,IPv4": ["IPv6", "IPv4"],
} as const satisfies Readonly<Record<string, Families>>;

export const usage = {
  command: "npm run up",
  about:
    "Starts the embedded cluster, or takes the one that you name, applies an overlay to it and verifies it: every target of every\n" +
    "job is up, or it says which is not.",
  options: {
    overlay: { type: "string", default: "overlays/devbox", takes: "FOLDER", about: "what is applied" },
    context: { type: "string", takes: "NAME", about: "a cluster of yours, out of your kubeconfig" },
    name: { type: "string", takes: "NAME", about: "one more embedded cluster, beside others" },
    "kubelet-tls": {
      type: "string",
      takes: "self-signed|cluster-ca",
      about: "who signs the kubelets' certificates in the embedded cluster; without it self-signed",
    },
    nodes: { type: "string", takes: "1|2", about: "how many the embedded cluster has; without it 1" },
    "ip-families": {
      type: "string",
      takes: "FAMILIES",
      about: "of the embedded cluster: IPv4, IPv6, or both, the first one first; without it IPv4",
    },
  },
  example: "npm run up -- --overlay overlays/prod --kubelet-tls cluster-ca --nodes 2",
} as const;

/**
 * What the arguments of `npm run up` ask for.
 *
 * @throws Failure that names the wrong one and says what would be right.
 */
export function upOptions(values: Said<typeof usage.options>["values"]): UpOptions {
  const { overlay, context, name, nodes, "kubelet-tls": kubeletTls, "ip-families": said } = values;
  if (context !== undefined && (name ?? kubeletTls ?? nodes ?? said) !== undefined) {
    throw new Misuse(
      "--name, --kubelet-tls, --nodes and --ip-families are about the embedded cluster, and --context names another",
    );
  }
  return {
    overlay,
    ...(context !== undefined && { context }),
    ...(name !== undefined && { name }),
    kubeletTls: oneOf("--kubelet-tls", ["self-signed", "cluster-ca"], kubeletTls),
    nodes: oneOf("--nodes", ["1", "2"], nodes) === "1" ? 1 : 2,
    families: families[oneOf("--ip-families", ["IPv4", "IPv6", "IPv4,IPv6", "IPv6,IPv4"], said)],
  };
}

/** The first one is what it is when it was not said. */
function oneOf<T extends string>(option: string, values: readonly [T, ...T[]], said: string | undefined): T {
  const found = said === undefined ? values[0] : values.find((value) => value === said);
  if (found === undefined) throw new Failure(`${option} is ${JSON.stringify(said)}`, `say ${values.join(" or ")}`);
  return found;
}
