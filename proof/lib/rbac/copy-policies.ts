import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { ofKind, type Rendered } from "../../../scripts/lib/rendered/objects.js";

/**
 * NetworkPolicies that let copies of pods connect as the pods that they are copies of, whose labels they do not have: a Service
 * would lead to them. None where the overlay has none in that namespace.
 *
 * @param copies - the label of the copies; the policies have it too.
 */
export function copyPolicies(
  { objects }: Pick<Rendered, "objects">,
  namespace: string,
  copies: Record<string, string>,
) {
  const all = ofKind(objects, "networking.k8s.io/v1/NetworkPolicy").filter(
    ({ metadata }) => metadata.namespace === namespace,
  );
  if (all.length === 0) return [];
  const podSelector = { matchLabels: copies };
  const specs: INetworkPolicy["spec"][] = [
    { podSelector, policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] },
    ...all.map(({ spec }) => ({
      podSelector: spec?.podSelector ?? {},
      policyTypes: ["Ingress" as const],
      ingress: [{ from: [{ podSelector }] }],
    })),
  ];
  return specs.map((spec, index) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `copies-${index}`, namespace, labels: copies },
    spec,
  }));
}
