import { Failure } from "../failure.js";
import type { Kubectl } from "../kubectl.js";

/** What the context of a kubeconfig says of its cluster. */
export interface Context {
  /** Of the context, not of the cluster. */
  readonly name: string;
  /** Address of the API server. */
  readonly server: string;
  /** The CA that the API server's certificate is checked with, in PEM. */
  readonly ca: string;
}

interface Kubeconfig {
  readonly "current-context": string;
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, unknown>> }[];
}

/** What a host outside would have to do too, and the configuration that is written does not say. */
const unknownOutside = ["proxy-url", "tls-server-name"];

/**
 * How a kubectl reaches its cluster.
 *
 * @throws Failure when a host outside would not reach it in the same way, or could not tell it from another one.
 */
export async function contextOf(kubectl: Kubectl): Promise<Context> {
  // --raw for the CA. It also prints credentials, which are not used.
  const view = await kubectl.json<Kubeconfig>(["config", "view", "--raw", "--minify", "--flatten"]);
  return contextIn(view);
}

/** The same, out of what `kubectl config view --raw --minify --flatten` says. */
export function contextIn({ "current-context": name, clusters }: Kubeconfig): Context {
  const cluster = clusters[0]?.cluster ?? {};
  const { server, "certificate-authority-data": ca } = cluster;
  const complaint = (what: string, cure: string) => new Failure(`the cluster of context ${name} ${what}`, cure);
  if (typeof server !== "string" || !/^https:\/\//.test(server)) {
    throw complaint(
      `is at ${JSON.stringify(server)}`,
      "a token must not travel unencrypted: name an address https://HOST:PORT as its server",
    );
  }
  for (const field of unknownOutside.filter((field) => cluster[field] !== undefined)) {
    throw complaint(
      `is reached by ${field}`,
      "use a context whose server the machine outside reaches, and verifies, as it is",
    );
  }
  if (typeof ca !== "string") {
    throw complaint(
      cluster["insecure-skip-tls-verify"] === true ? "is not verified" : "names no CA",
      "set certificate-authority-data (or certificate-authority) of that cluster in your kubeconfig: kubectl config set-cluster --help",
    );
  }
  return { name, server: server.replace(/\/+$/, ""), ca: Buffer.from(ca, "base64").toString() };
}

/**
 * The CAs that the API server and the kubelets are checked with, in PEM: the one of the context, and the one that every
 * pod gets where that is another.
 */
export async function authorities(kubectl: Kubectl, { ca }: Context, namespace: string): Promise<string> {
  const args = ["get", "configmap", "kube-root-ca.crt", "--namespace", namespace];
  const { data } = await kubectl.json<{ data: Readonly<Record<string, string>> }>(args);
  return certificates(ca, data["ca.crt"] ?? "");
}

/** Every certificate of these texts once, in PEM. */
export function certificates(...texts: readonly string[]): string {
  const blocks = texts.flatMap(
    (text) => text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [],
  );
  return [...new Set(blocks.map((block) => `${block.replaceAll("\r", "")}\n`))].join("");
}
