import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { $ } from "zx";
import { hostAndPort } from "../address.js";
import type { Layout, Node, Place } from "./layout.js";

/** A file of a cluster's keys, certificates and kubeconfigs; on every node under the same path. */
export function pki({ state }: Pick<Place, "state">, file = ""): string {
  return join(state, "pki", file);
}

interface Certificate {
  readonly name: string;
  readonly user: string;
  readonly group?: string;
  /** Names and addresses that it serves; absent: it is a client's. */
  readonly serves?: readonly string[];
  /** The CA that signs it. Absent: the cluster's. */
  readonly by?: "etcd-ca";
}

/** Who a node's kubelet is to the API server, and with what it serves where the cluster's CA signs that too. */
function nodeCertificates(node: Node): Certificate[] {
  const identity = { user: `system:node:${node.name}`, group: "system:nodes" };
  return [
    { name: `${node.name}-kubelet`, ...identity },
    {
      name: `${node.name}-kubelet-server`,
      ...identity,
      serves: [`DNS:${node.name}`, ...node.addresses.map((address) => `IP:${address}`)],
    },
  ];
}

function controlPlane({ network, nodes: [{ addresses }] }: Layout): Certificate[] {
  const byAddress = addresses.map((address) => `IP:${address}`);
  return [
    {
      name: "apiserver",
      user: "kube-apiserver",
      serves: [
        "DNS:kubernetes",
        "DNS:kubernetes.default",
        "DNS:kubernetes.default.svc",
        "DNS:kubernetes.default.svc.cluster.local",
        "DNS:localhost",
        "IP:127.0.0.1",
        ...network.apiServices.map((address) => `IP:${address}`),
        ...byAddress,
      ],
    },
    { name: "apiserver-kubelet-client", user: "kube-apiserver-kubelet-client", group: "system:masters" },
    { name: "admin", user: "kubernetes-admin", group: "system:masters" },
    { name: "kube-controller-manager", user: "system:kube-controller-manager" },
    { name: "kube-scheduler", user: "system:kube-scheduler" },
    { name: "kube-proxy", user: "system:kube-proxy" },
    ...["kube-controller-manager", "kube-scheduler"].map((user) => ({
      name: `${user}-server`,
      user,
      serves: ["DNS:localhost", "IP:127.0.0.1", ...byAddress],
    })),
    // A CA of its own: who has a certificate of the cluster's must not get into etcd with it.
    {
      name: "etcd",
      user: "etcd",
      serves: ["DNS:localhost", "IP:127.0.0.1", ...byAddress],
      by: "etcd-ca",
    },
    { name: "apiserver-etcd-client", user: "kube-apiserver-etcd-client", by: "etcd-ca" },
    { name: "prometheus-etcd-client", user: "prometheus-etcd-client", by: "etcd-ca" },
  ];
}

/**
 * Makes the cluster's CA, what it signs, the key of the ServiceAccount tokens, and a kubeconfig of each client.
 * Source: https://kubernetes.io/docs/setup/best-practices/certificates/
 */
export async function makePki(layout: Layout, nodes: readonly Node[]): Promise<void> {
  const openssl = $({ quiet: true, cwd: pki(layout) });
  // The machine's own openssl.cnf adds extensions of its own, such as CA:TRUE.
  await writeFile(pki(layout, "openssl.cnf"), "[req]\ndistinguished_name = subject\n[subject]\n");
  const request = ["req", "-config", "openssl.cnf", "-x509", "-nodes", "-days", "365"];
  const elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const authority = [
    "-addext",
    "basicConstraints=critical,CA:TRUE",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
  ];
  for (const [ca, name] of [
    ["ca", "kubernetes"],
    ["etcd-ca", "etcd-ca"],
  ]) {
    const own = ["-keyout", `${ca}.key`, "-out", `${ca}.crt`, "-subj", `/CN=${name}`];
    await openssl`openssl ${request} ${elliptic} ${authority} ${own}`;
  }
  const certificates = [...controlPlane(layout), ...nodes.flatMap(nodeCertificates)];
  await Promise.all([
    openssl`openssl genrsa -out service-accounts.key 2048 && openssl rsa -in service-accounts.key -pubout -out service-accounts.pub`,
    ...certificates.map(({ name, user, group, serves, by = "ca" }) => {
      const subject = `${group === undefined ? "" : `/O=${group}`}/CN=${user}`;
      const extensions = [
        "basicConstraints=critical,CA:FALSE",
        "keyUsage=critical,digitalSignature",
        // etcd calls itself with the certificate that it serves.
        `extendedKeyUsage=${serves === undefined ? "clientAuth" : by === "ca" ? "serverAuth" : "serverAuth,clientAuth"}`,
        ...(serves === undefined ? [] : [`subjectAltName=${serves.join(",")}`]),
      ].flatMap((extension) => ["-addext", extension]);
      const files = ["-CA", `${by}.crt`, "-CAkey", `${by}.key`, "-keyout", `${name}.key`, "-out", `${name}.crt`];
      return openssl`openssl ${request} ${elliptic} ${extensions} ${files} -subj ${subject}`;
    }),
  ]);
  const clients = [
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    ...nodes.map(({ name }) => `${name}-kubelet`),
  ];
  for (const client of clients) await writeKubeconfig(layout, client, pki(layout, `${client}.kubeconfig`));
  await writeKubeconfig(layout, "admin", layout.kubeconfig);
}

/** Everything is in the one file, so that it can be copied to wherever a kubectl is. */
async function writeKubeconfig(layout: Layout, certificate: string, path: string): Promise<void> {
  const { id, nodes } = layout;
  const [ca, crt, key] = await Promise.all(
    ["ca.crt", `${certificate}.crt`, `${certificate}.key`].map((file) => readFile(pki(layout, file), "base64")),
  );
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: id,
        cluster: { server: `https://${hostAndPort(nodes[0].address, 6443)}`, "certificate-authority-data": ca },
      },
    ],
    users: [{ name: certificate, user: { "client-certificate-data": crt, "client-key-data": key } }],
    contexts: [{ name: id, context: { cluster: id, user: certificate } }],
    "current-context": id,
  };
  await writeFile(path, stringify(config, { lineWidth: 0 }), { mode: 0o600 });
}
