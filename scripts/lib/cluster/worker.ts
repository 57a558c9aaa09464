import { mkdir, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { hostAndPort } from "../address.js";
import { toolchain } from "../toolchain/index.js";
import type { Daemon } from "./daemons.js";
import { pauseReference } from "./images.js";
import type { Layout, Node } from "./layout.js";
import { insideCache } from "./node.js";
import { pki } from "./pki.js";

/** How a kubelet comes by the certificate that it serves its metrics with. */
export type KubeletTls = "self-signed" | "cluster-ca";

/** The address at which containerd listens on every node: also where cAdvisor looks, whatever the kubelet is told. */
export const containerdSocket = "/run/containerd/containerd.sock";

/** Where a node looks for volume plugins of its own: in vain. */
export const volumePlugins = "/var/lib/kubelet/volume-plugins";

/** Source: the magic numbers in statfs(2). */
const overlayFilesystem = 0x794c7630;

/** What every node runs: containerd, the kubelet and kube-proxy. */
export async function worker(layout: Layout, node: Node): Promise<Record<"containerd" | "kubelet" | "proxy", Daemon>> {
  const { network } = layout;
  const containerd = insideCache(await toolchain.tool("containerd"));
  return {
    containerd: {
      node,
      name: "containerd",
      // It looks for its shim in PATH, and the CNI plugins for iptables and nft.
      command: [
        "env",
        `PATH=${dirname(containerd)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
        containerd,
        `--config=${join(node.state, "containerd.toml")}`,
      ],
    },
    kubelet: {
      node,
      name: "kubelet",
      command: [
        "env",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        insideCache(await toolchain.tool("kubelet")),
        `--config=${join(node.state, "kubelet.yaml")}`,
        `--kubeconfig=${pki(layout, `${node.name}-kubelet.kubeconfig`)}`,
        `--node-ip=${node.addresses.join(",")}`,
        `--hostname-override=${node.name}`,
      ],
    },
    proxy: {
      node,
      name: "kube-proxy",
      command: [
        "env",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        insideCache(await toolchain.tool("kube-proxy")),
        `--kubeconfig=${pki(layout, "kube-proxy.kubeconfig")}`,
        `--hostname-override=${node.name}`,
        `--cluster-cidr=${network.pods.join(",")}`,
        "--proxy-mode=nftables",
        `--metrics-bind-address=${hostAndPort(node.address, 10249)}`,
        // The size of the connection table is the machine's, and not a node's to change.
        "--conntrack-max-per-core=0",
      ],
    },
  };
}

/** Writes what the daemons of a node read. */
export async function configureWorker(layout: Layout, node: Node, kubeletTls: KubeletTls): Promise<void> {
  const cni = join(node.state, "cni");
  await mkdir(cni, { recursive: true });
  await writeFile(join(cni, "10-bridge.conflist"), JSON.stringify(cniConfig(node)));
  const { type } = await statfs(node.data);
  await writeFile(join(node.state, "containerd.toml"), containerdConfig(cni, type === overlayFilesystem));
  await writeFile(join(node.state, "resolv.conf"), `nameserver ${layout.network.dnsService}\n`);
  await writeFile(join(node.state, "kubelet.yaml"), stringify(kubeletConfig(layout, node, kubeletTls)));
}

function cniConfig({ podRanges }: Node): object {
  return {
    cniVersion: "1.0.0",
    name: "plain-prometheus",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isGateway: true,
        // A pod keeps its address on the way to another node, where policies know it by that.
        ipMasq: false,
        hairpinMode: true,
        ipam: {
          type: "host-local",
          ranges: podRanges.map((subnet) => [{ subnet }]),
          routes: podRanges.map((range) => ({ dst: range.includes(":") ? "::/0" : "0.0.0.0/0" })),
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

function containerdConfig(cni: string, onOverlay: boolean): string {
  return `version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "${containerdSocket}"
# /opt is the machine's.
[plugins.'io.containerd.internal.v1.opt']
  path = "/var/lib/containerd-opt"
[plugins.'io.containerd.cri.v1.images']
  # One overlay cannot be the upper layer of another, as in a container.
  snapshotter = "${onOverlay ? "native" : "overlayfs"}"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "${pauseReference}"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  # A profile would be loaded into the machine's kernel, and stay.
  disable_apparmor = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ["/usr/lib/cni"]
  conf_dir = "${cni}"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
`;
}

/** Source: https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
function kubeletConfig(layout: Layout, node: Node, kubeletTls: KubeletTls): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki(layout, "ca.crt") },
    },
    authorization: { mode: "Webhook" },
    ...(kubeletTls === "cluster-ca" && {
      tlsCertFile: pki(layout, `${node.name}-kubelet-server.crt`),
      tlsPrivateKeyFile: pki(layout, `${node.name}-kubelet-server.key`),
    }),
    // A minute each by default: a changed ConfigMap is in its pods, and a volume measured, within seconds.
    syncFrequency: "5s",
    volumeStatsAggPeriod: "10s",
    cgroupDriver: "cgroupfs",
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [layout.network.dnsService],
    clusterDomain: "cluster.local",
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    // /usr/libexec is the machine's.
    volumePluginDir: volumePlugins,
    resolvConf: join(node.state, "resolv.conf"),
    // The disk is the machine's, which may well be 90 % full without being short of space.
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": "1%",
      "imagefs.available": "1%",
      "nodefs.inodesFree": "1%",
    },
  };
}
