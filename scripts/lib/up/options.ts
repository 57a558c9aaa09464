import { parseArgs } from "node:util";
import type { KubeletTls } from "../cluster/worker.js";
import { Failure } from "../failure.js";

/** What `npm run up` is asked for. */
export interface UpOptions {
  readonly overlay: string;
  /** The context of a cluster of the user's own; absent: the embedded one. */
  readonly context?: string;
  readonly kubeletTls: KubeletTls;
  readonly nodes: 1 | 2;
  readonly dualStack: boolean;
}

const usage =
  "npm run up -- [--overlay overlays/devbox] [--context NAME | --kubelet-tls self-signed|cluster-ca --nodes 1|2 --dual-stack]";

/**
 * Reads the arguments of `npm run up`.
 *
 * @throws Failure that names the wrong one and says what would be right.
 */
export function upOptions(args: readonly string[]): UpOptions {
  const { overlay, context, nodes, "kubelet-tls": kubeletTls, "dual-stack": dualStack } = parse(args);
  if (context !== undefined && (kubeletTls ?? nodes ?? dualStack) !== undefined) {
    throw new Failure(
      "--kubelet-tls, --nodes and --dual-stack shape the embedded cluster, and --context names another",
      usage,
    );
  }
  return {
    overlay,
    ...(context !== undefined && { context }),
    kubeletTls: oneOf("--kubelet-tls", ["self-signed", "cluster-ca"], kubeletTls),
    nodes: oneOf("--nodes", ["1", "2"], nodes) === "1" ? 1 : 2,
    dualStack: dualStack ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        overlay: { type: "string", default: "overlays/devbox" },
        context: { type: "string" },
        "kubelet-tls": { type: "string" },
        nodes: { type: "string" },
        "dual-stack": { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new Failure((error as Error).message, usage);
  }
}

/** The first one is what it is when it was not said. */
function oneOf<T extends string>(option: string, values: readonly [T, ...T[]], said: string | undefined): T {
  const found = said === undefined ? values[0] : values.find((value) => value === said);
  if (found === undefined) throw new Failure(`${option} is ${JSON.stringify(said)}`, `say ${values.join(" or ")}`);
  return found;
}
