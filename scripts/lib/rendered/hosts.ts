import { isIP } from "node:net";
import type { IService } from "kubernetes-models/v1/Service";
import { projectSettings } from "../settings.js";
import { isDeclared } from "./declared.js";
import type { RenderedCluster } from "./discovery.js";
import type { Rendered, RenderedObject } from "./objects.js";

/** What a name in a text means to a pod. */
export type Host =
  | { readonly service: RenderedObject & IService }
  /** A Service that the overlay should render, and does not. */
  | { readonly missing: string }
  /** Somebody else's, in this namespace. */
  | { readonly namespace: string }
  | "itself"
  /** Outside of the cluster, or an address. */
  | "elsewhere";

/**
 * What a pod finds under the name of a host, as cluster DNS resolves it.
 *
 * Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 *
 * @param namespace - that of the pod
 */
export function resolveHost(text: string, namespace: string, cluster: RenderedCluster, rendered: Rendered): Host {
  const host = text.toLowerCase().replace(/\.$/, "");
  if (host === "localhost" || host === "::1" || host.startsWith("127.")) return "itself";
  if (isIP(host) !== 0 || !/^[a-z0-9_]([-a-z0-9._]*[a-z0-9])?$/.test(host)) return "elsewhere";
  const [, inside] = /^(.*)\.svc(?:\.cluster\.local)?$/.exec(host) ?? [];
  const labels = (inside ?? host).split(".").filter((label) => !label.startsWith("_"));
  const service = (name: string, home: string) =>
    cluster.services.find(({ metadata }) => metadata.name === name && metadata.namespace === home);
  const inNamespace = (name: string, home: string): Host => {
    const found = service(name, home);
    if (found !== undefined) return { service: found };
    const missing = `Service ${home}/${name}`;
    // The namespace of base/ is the overlay's own under another name, where it says one.
    const moved =
      home === projectSettings().namespace && cluster.services.some(({ metadata }) => metadata.name === name);
    return (cluster.owns(home) || moved) && !isDeclared(rendered, missing) ? { missing } : { namespace: home };
  };
  const [last = "", before = ""] = labels.toReversed();
  if (labels.length === 1) return inNamespace(last, namespace);
  // A pod of a Service of the own namespace, such as alertmanager-0.alertmanager-peers.
  const governing = inside === undefined && labels.length === 2 ? service(last, namespace) : undefined;
  if (governing !== undefined && service(before, last) === undefined) return { service: governing };
  if (inside !== undefined || cluster.owns(last) || last === projectSettings().namespace)
    return inNamespace(before, last);
  return "elsewhere";
}

/** A host and its port in a text. */
export interface Address {
  /** As it is written. */
  readonly text: string;
  readonly host: string;
  /** Undefined where text and scheme leave it open. */
  readonly port: number | undefined;
}

const schemes: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Every URL in a text. */
export function urlsIn(text: string): Address[] {
  return [...text.matchAll(/\b([a-z][a-z0-9+]*):\/\/(?:[^@/\s"']*@)?(\[[0-9a-f:]+\]|[\w.-]+)(?::(\d+))?/gi)].map(
    ([written, scheme = "", host = "", port]) => ({
      text: written,
      host: host.replace(/^\[|\]$/g, ""),
      port: port === undefined ? schemes[scheme.toLowerCase()] : Number(port),
    }),
  );
}

/** `host:port` or a URL; undefined for what is neither, as `:9090` is. */
export function addressIn(text: string): Address | undefined {
  if (text.includes("://")) return urlsIn(text)[0];
  const [, host = "", port] = /^(\[[0-9a-f:]+\]|[\w.-]+):(\d+)$/i.exec(text) ?? [];
  return host === "" ? undefined : { text, host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}
