import { toolchain } from "../toolchain/index.js";
import type { Daemon } from "./daemons.js";
import { firstNode, network, secondFamily } from "./layout.js";
import { insideCache } from "./node.js";
import { pki } from "./pki.js";
import { type KubeletTls, volumePlugins } from "./worker.js";

const etcdUrl = "https://127.0.0.1:2379";

/**
 * The control plane: on the first node, beside its kubelet. All of it listens at the node's address, for Prometheus; its
 * certificates come from where those of the kubelets do.
 */
export async function controlPlane(
  tls: KubeletTls,
  dualStack: boolean,
): Promise<Record<"etcd" | "apiserver" | "controllerManager" | "scheduler", Daemon>> {
  return {
    etcd: {
      node: firstNode,
      name: "etcd",
      command: [
        insideCache(await toolchain.tool("etcd")),
        "--data-dir=/var/lib/etcd",
        `--listen-client-urls=${etcdUrl},https://${firstNode.address}:2379`,
        `--advertise-client-urls=${etcdUrl}`,
        `--listen-metrics-urls=http://${firstNode.address}:2381`,
        `--cert-file=${pki("etcd.crt")}`,
        `--key-file=${pki("etcd.key")}`,
        `--trusted-ca-file=${pki("etcd-ca.crt")}`,
        "--client-cert-auth",
        "--listen-peer-urls=http://127.0.0.1:2380",
        // Nobody expects this cluster to survive a power cut, and a slow disk would stall every write to it.
        "--unsafe-no-fsync",
      ],
    },
    apiserver: {
      node: firstNode,
      name: "kube-apiserver",
      command: [
        insideCache(await toolchain.tool("kube-apiserver")),
        `--etcd-servers=${etcdUrl}`,
        `--etcd-cafile=${pki("etcd-ca.crt")}`,
        `--etcd-certfile=${pki("apiserver-etcd-client.crt")}`,
        `--etcd-keyfile=${pki("apiserver-etcd-client.key")}`,
        "--secure-port=6443",
        `--advertise-address=${firstNode.address}`,
        `--service-cluster-ip-range=${[network.services, ...(dualStack ? [secondFamily.services] : [])].join(",")}`,
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        `--client-ca-file=${pki("ca.crt")}`,
        `--tls-cert-file=${pki("apiserver.crt")}`,
        `--tls-private-key-file=${pki("apiserver.key")}`,
        `--kubelet-client-certificate=${pki("apiserver-kubelet-client.crt")}`,
        `--kubelet-client-key=${pki("apiserver-kubelet-client.key")}`,
        "--kubelet-preferred-address-types=InternalIP",
        `--service-account-key-file=${pki("service-accounts.pub")}`,
        `--service-account-signing-key-file=${pki("service-accounts.key")}`,
        "--service-account-issuer=https://kubernetes.default.svc",
      ],
    },
    controllerManager: {
      node: firstNode,
      name: "kube-controller-manager",
      command: [
        insideCache(await toolchain.tool("kube-controller-manager")),
        ...kubeconfigs("kube-controller-manager"),
        ...certificate("kube-controller-manager", tls),
        `--root-ca-file=${pki("ca.crt")}`,
        `--service-account-private-key-file=${pki("service-accounts.key")}`,
        `--cluster-signing-cert-file=${pki("ca.crt")}`,
        `--cluster-signing-key-file=${pki("ca.key")}`,
        "--use-service-account-credentials",
        // The CNI configuration of each node says its range of pod addresses.
        "--allocate-node-cidrs=false",
        `--flex-volume-plugin-dir=${volumePlugins}`,
      ],
    },
    scheduler: {
      node: firstNode,
      name: "kube-scheduler",
      command: [
        insideCache(await toolchain.tool("kube-scheduler")),
        ...kubeconfigs("kube-scheduler"),
        ...certificate("kube-scheduler", tls),
      ],
    },
  };
}

/** Without these each signs its own. */
function certificate(name: string, tls: KubeletTls): string[] {
  if (tls === "self-signed") return [];
  return [`--tls-cert-file=${pki(`${name}-server.crt`)}`, `--tls-private-key-file=${pki(`${name}-server.key`)}`];
}

function kubeconfigs(name: string): string[] {
  const file = pki(`${name}.kubeconfig`);
  return ["", "authentication-", "authorization-"].map((use) => `--${use}kubeconfig=${file}`);
}
