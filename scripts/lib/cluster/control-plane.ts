import { hostAndPort } from "../address.js";
import { toolchain } from "../toolchain/index.js";
import type { Daemon } from "./daemons.js";
import type { Layout } from "./layout.js";
import { insideCache } from "./node.js";
import { pki } from "./pki.js";
import { type KubeletTls, volumePlugins } from "./worker.js";

const etcdUrl = "https://127.0.0.1:2379";

/**
 * The control plane: on the first node, beside its kubelet. All of it listens at the node's address, for Prometheus; its
 * certificates come from where those of the kubelets do.
 */
export async function controlPlane(
  layout: Layout,
  tls: KubeletTls,
): Promise<Record<"etcd" | "apiserver" | "controllerManager" | "scheduler", Daemon>> {
  const { network, nodes } = layout;
  const [node] = nodes;
  return {
    etcd: {
      node,
      name: "etcd",
      command: [
        insideCache(await toolchain.tool("etcd")),
        "--data-dir=/var/lib/etcd",
        `--listen-client-urls=${etcdUrl},https://${hostAndPort(node.address, 2379)}`,
        `--advertise-client-urls=${etcdUrl}`,
        `--listen-metrics-urls=http://${hostAndPort(node.address, 2381)}`,
        `--cert-file=${pki(layout, "etcd.crt")}`,
        `--key-file=${pki(layout, "etcd.key")}`,
        `--trusted-ca-file=${pki(layout, "etcd-ca.crt")}`,
        "--client-cert-auth",
        "--listen-peer-urls=http://127.0.0.1:2380",
        // Nobody expects this cluster to survive a power cut, and a slow disk would stall every write to it.
        "--unsafe-no-fsync",
      ],
    },
    apiserver: {
      node,
      name: "kube-apiserver",
      command: [
        insideCache(await toolchain.tool("kube-apiserver")),
        `--etcd-servers=${etcdUrl}`,
        `--etcd-cafile=${pki(layout, "etcd-ca.crt")}`,
        `--etcd-certfile=${pki(layout, "apiserver-etcd-client.crt")}`,
        `--etcd-keyfile=${pki(layout, "apiserver-etcd-client.key")}`,
        "--secure-port=6443",
        `--advertise-address=${node.address}`,
        `--service-cluster-ip-range=${network.services.join(",")}`,
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        `--client-ca-file=${pki(layout, "ca.crt")}`,
        `--tls-cert-file=${pki(layout, "apiserver.crt")}`,
        `--tls-private-key-file=${pki(layout, "apiserver.key")}`,
        `--kubelet-client-certificate=${pki(layout, "apiserver-kubelet-client.crt")}`,
        `--kubelet-client-key=${pki(layout, "apiserver-kubelet-client.key")}`,
        "--kubelet-preferred-address-types=InternalIP",
        `--service-account-key-file=${pki(layout, "service-accounts.pub")}`,
        `--service-account-signing-key-file=${pki(layout, "service-accounts.key")}`,
        "--service-account-issuer=https://kubernetes.default.svc",
      ],
    },
    controllerManager: {
      node,
      name: "kube-controller-manager",
      command: [
        insideCache(await toolchain.tool("kube-controller-manager")),
        ...kubeconfigs(layout, "kube-controller-manager"),
        ...certificate(layout, "kube-controller-manager", tls),
        `--root-ca-file=${pki(layout, "ca.crt")}`,
        `--service-account-private-key-file=${pki(layout, "service-accounts.key")}`,
        `--cluster-signing-cert-file=${pki(layout, "ca.crt")}`,
        `--cluster-signing-key-file=${pki(layout, "ca.key")}`,
        "--use-service-account-credentials",
        // The CNI configuration of each node says its range of pod addresses.
        "--allocate-node-cidrs=false",
        `--flex-volume-plugin-dir=${volumePlugins}`,
      ],
    },
    scheduler: {
      node,
      name: "kube-scheduler",
      command: [
        insideCache(await toolchain.tool("kube-scheduler")),
        ...kubeconfigs(layout, "kube-scheduler"),
        ...certificate(layout, "kube-scheduler", tls),
      ],
    },
  };
}

/** Without these each signs its own. */
function certificate(layout: Layout, name: string, tls: KubeletTls): string[] {
  if (tls === "self-signed") return [];
  return [
    `--tls-cert-file=${pki(layout, `${name}-server.crt`)}`,
    `--tls-private-key-file=${pki(layout, `${name}-server.key`)}`,
  ];
}

function kubeconfigs(layout: Layout, name: string): string[] {
  const file = pki(layout, `${name}.kubeconfig`);
  return ["", "authentication-", "authorization-"].map((use) => `--${use}kubeconfig=${file}`);
}
