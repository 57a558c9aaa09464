import type { KubernetesObject } from "./base-and-component.js";

/**
 * The part of Gateway API's HTTPRoute that this bundle uses.
 *
 * Source: https://gateway-api.sigs.k8s.io/reference/api-types/httproute/
 */
export interface HttpRoute {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    /** The Gateways that serve it. */
    readonly parentRefs: readonly { readonly name: string; readonly namespace?: string }[];
    readonly hostnames: readonly string[];
    readonly rules: readonly { readonly backendRefs: readonly { readonly name: string; readonly port: number }[] }[];
  };
}

/** An HTTPRoute as an object of a component. The build checks it against the Gateway API's own schema. */
export function httpRoute({ metadata, spec }: HttpRoute): KubernetesObject {
  const route = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata, spec };
  return { ...route, validate: () => {}, toJSON: () => route };
}
