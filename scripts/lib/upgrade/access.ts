import type { ILabelSelector } from "@kubernetes-models/apimachinery/apis/meta/v1/LabelSelector";
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import type { INetworkPolicyPort } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort";
import { accessRequestsIn, words } from "../bundle/permissions.js";
import { nameOf, ofKind, type RenderedObject } from "../rendered/objects.js";

/** What each account may do, one by one: `ServiceAccount m/prometheus: get nodes/metrics`. */
export function permissionsOf(objects: readonly RenderedObject[]): readonly string[] {
  const kind = "rbac.authorization.k8s.io/v1";
  const roles = [...ofKind(objects, `${kind}/ClusterRole`), ...ofKind(objects, `${kind}/Role`)];
  const bindings = [...ofKind(objects, `${kind}/ClusterRoleBinding`), ...ofKind(objects, `${kind}/RoleBinding`)];
  return bindings.flatMap(({ metadata: { namespace }, roleRef, subjects = [] }) =>
    roles
      .filter(({ kind, metadata }) => kind === roleRef.kind && metadata.name === roleRef.name)
      .filter(({ metadata }) => metadata.namespace === undefined || metadata.namespace === namespace)
      .flatMap(({ rules = [] }) => rules.flatMap((rule) => accessRequestsIn(rule, namespace)))
      .flatMap((request) => subjects.map((one) => `${one.kind} ${one.namespace}/${one.name}: ${words(request)}`)),
  );
}

/** Which connections NetworkPolicies let through, one by one: `NetworkPolicy m/prometheus: to 192.0.2.0/24, 443/TCP`. */
export function connectionsOf(objects: readonly RenderedObject[]): readonly string[] {
  return ofKind(objects, "networking.k8s.io/v1/NetworkPolicy").flatMap((policy) => {
    const { egress = [], ingress = [] } = policy.spec ?? {};
    return [
      ...egress.flatMap(({ to, ports }) => ways("to", to, ports)),
      ...ingress.flatMap(({ from, ports }) => ways("from", from, ports)),
    ].map((way) => `${nameOf(policy)}: ${way}`);
  });
}

function ways(
  direction: "to" | "from",
  peers: readonly INetworkPolicyPeer[] = [],
  ports: readonly INetworkPolicyPort[] = [],
): string[] {
  const numbers = ports.map(({ port, endPort, protocol = "TCP" }) => {
    const all = endPort === undefined ? port : `${port}-${endPort}`;
    return `${all ?? "every port"}/${protocol}`;
  });
  // Without any, Kubernetes means all.
  const whom = peers.length === 0 ? ["everywhere"] : peers.map(peerText);
  return whom.map((peer) => `${direction} ${peer}, ${numbers.join(" ") || "every port"}`);
}

function peerText({ ipBlock, namespaceSelector, podSelector }: INetworkPolicyPeer): string {
  if (ipBlock !== undefined) return [ipBlock.cidr, ...(ipBlock.except ?? [])].join(" without ");
  return [
    `pods ${labelsText(podSelector)}`,
    ...(namespaceSelector === undefined ? [] : [`of namespaces ${labelsText(namespaceSelector)}`]),
  ].join(" ");
}

function labelsText({ matchLabels = {}, matchExpressions = [] }: ILabelSelector = {}): string {
  const all = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map((expression) => JSON.stringify(expression)),
  ];
  return all.join(",") || "of any labels";
}
