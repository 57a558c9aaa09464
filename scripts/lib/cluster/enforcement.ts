import { Failure } from "../failure.js";
import { toolchain } from "../toolchain/index.js";
import { type Daemon, startDaemon, waitForDaemon } from "./daemons.js";
import type { Layout, Node } from "./layout.js";
import { insideCache, runInside } from "./node.js";

/** The program that answers for the packets of a node: whether the NetworkPolicies let a new connection through. */
export const enforcer = "kube-network-policies";

/** Each node has queues of its own. */
const queue = "100";

/**
 * Has a node hold every new connection of its pods against the NetworkPolicies, also while the agent is away: what nobody
 * answers for does not get through.
 *
 * @throws Failure when the agent does not start, or the kernel cannot queue packets.
 */
export async function enforce(layout: Layout, node: Node): Promise<Daemon> {
  const program = insideCache(await toolchain.tool(enforcer));
  const command = [program, `--kubeconfig=${layout.kubeconfig}`, `--node=${node.name}`, `--queue=${queue}`];
  const daemon: Daemon = { node, name: enforcer, command };
  await startDaemon(daemon);
  // The file comes with the first queue of the machine, where the kernel loads a module for that.
  const queues = ["sh", "-c", "cat /proc/net/netfilter/nfnetlink_queue || true"];
  const listens = async () => new RegExp(`^ *${queue} `, "m").test(await runInside(node, queues));
  await waitForDaemon("it takes packets", daemon, listens);
  try {
    for (const rule of rules(layout)) await runInside(node, rule);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const modules = "this kernel needs xt_NFQUEUE, xt_addrtype and xt_conntrack to enforce NetworkPolicies";
    throw new Failure(error.message, `${modules}; or use a cluster of your own: npm run up -- --context NAME`);
  }
  return daemon;
}

/**
 * The iptables commands that queue what the agent judges: what goes out of the node, and what goes from its pods to
 * itself. By iptables, as not every kernel has nftables' own expression for it.
 *
 * A node may always reach its own pods, by Kubernetes' word. Here the other nodes may too, and the machine, which all of
 * them are made of: kube-proxy has what comes from the machine look like a node's.
 */
export function rules({ network }: Layout): string[][] {
  const family = (iptables: string, pods: string, free: readonly string[]) => {
    const queued = ["-j", "NFQUEUE", "--queue-num", queue];
    const chain = (name: string, ...ends: string[]) =>
      [...free.map((match) => [...match.split(" "), "-j", "RETURN"]), ...ends.map((end) => [end, pods, ...queued])].map(
        (rule) => [iptables, "-w", "-t", "mangle", "-A", name, ...rule],
      );
    return [...chain("POSTROUTING", "-s", "-d"), ...chain("INPUT", "-s")];
  };
  const always = ["-m addrtype --src-type LOCAL", "-m conntrack --ctstate ESTABLISHED,RELATED"];
  return network.pods.flatMap((pods, index) => {
    const free = [...always, `-s ${network.nodes[index]}`];
    // Neighbours find each other by ICMPv6.
    return pods.includes(":") ? family("ip6tables", pods, [...free, "-p ipv6-icmp"]) : family("iptables", pods, free);
  });
}
