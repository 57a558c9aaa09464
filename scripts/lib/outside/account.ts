import { outsideAccount } from "../../../generators/bare-metal/access.js";
import { Failure } from "../failure.js";
import type { Kubectl } from "../kubectl.js";

const apply = "kubectl apply -k overlays/bare-metal";

/**
 * The namespace that has the ServiceAccount of a Prometheus outside.
 *
 * @param wanted the namespace to look in; absent: everywhere
 * @throws Failure when there is none, or several and nobody said which.
 */
export async function namespaceOfAccount(kubectl: Kubectl, wanted?: string): Promise<string> {
  const where = wanted === undefined ? ["--all-namespaces"] : ["--namespace", wanted];
  const named = `--field-selector=metadata.name=${outsideAccount}`;
  const { items } = await kubectl.json<{ items: readonly { metadata: { namespace: string } }[] }>([
    "get",
    "serviceaccounts",
    ...where,
    named,
  ]);
  const found = items.map(({ metadata }) => metadata.namespace);
  const [namespace, ...others] = found;
  const flags = kubectl.flags.join(" ");
  if (namespace === undefined) {
    const place = wanted === undefined ? "the cluster" : `namespace ${wanted}`;
    throw new Failure(`${place} has no ServiceAccount ${outsideAccount}`, `${apply} ${flags}`.trim());
  }
  if (others.length > 0) {
    throw new Failure(
      `ServiceAccount ${outsideAccount} is in several namespaces: ${found.join(", ")}`,
      `say which: --namespace ${namespace}`,
    );
  }
  return namespace;
}

/** A token of a ServiceAccount, and when it ends. */
export interface Token {
  readonly text: string;
  readonly expires: Date;
}

/**
 * A new token of the ServiceAccount, which the API server knows and no Secret keeps.
 *
 * @param lifetimeSeconds wish; an API server may give less
 */
export async function newToken(kubectl: Kubectl, namespace: string, lifetimeSeconds: number): Promise<Token> {
  const lifetime = `--duration=${lifetimeSeconds}s`;
  const text = (await kubectl.text(["create", "token", outsideAccount, "--namespace", namespace, lifetime])).trim();
  return { text, expires: expiryOf(text) };
}

/** When a token ends. Source: RFC 7519, section 4.1.4 */
export function expiryOf(token: string): Date {
  const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString() || "null");
  const { exp } = Object(claims) as { exp?: unknown };
  if (typeof exp !== "number") throw new Error("the API server gave a token that does not say when it ends");
  return new Date(exp * 1000);
}
