import { isDeclared, orDeclare } from "../rendered/declared.js";
import { nameOf, ofKind } from "../rendered/objects.js";
import { prometheusesOf } from "../rendered/prometheus.js";
import type { Check, Finding } from "./check.js";
import { prometheusConfig } from "./prometheus/config.js";

/** Namespaces that every cluster has. */
const always = ["default", "kube-system"];

/** Kinds of Kubernetes' own that live outside namespaces. */
const clusterScoped = new Set([
  "APIService",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "FlowSchema",
  "GatewayClass",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttributesClass",
]);

/** Every namespaced object is in a namespace that the overlay makes or names, in a job perhaps. */
export const namespaces: Check = {
  name: "namespaces",
  after: [prometheusConfig],
  run: async (rendered) => {
    const { objects, namespace: named } = rendered;
    const made = ofKind(objects, "v1/Namespace").map(({ metadata }) => metadata.name);
    const discovered = prometheusesOf(rendered)
      .flatMap(({ clients }) => clients)
      .flatMap(({ config }) => config.kubernetes_sd_configs ?? [])
      .flatMap(({ namespaces }) => namespaces?.names ?? []);
    const known = [...made, ...(named === undefined ? [] : [named]), ...always, ...discovered];
    return objects.flatMap((object): Finding[] => {
      const { namespace } = object.metadata;
      if (clusterScoped.has(object.kind)) return [];
      if (namespace === undefined) {
        return [
          {
            object: nameOf(object),
            message: "says no namespace, and would land in whichever the user's context has",
            fix: "give it metadata.namespace, or the overlay a namespace:",
          },
        ];
      }
      if (known.includes(namespace) || isDeclared(rendered, `Namespace ${namespace}`)) return [];
      return [
        {
          object: nameOf(object),
          message: `is in namespace ${namespace}, which the overlay neither makes nor names`,
          fix: `use one of ${[...new Set(known)].join(", ")}, or add the Namespace to the overlay's resources${orDeclare(`Namespace ${namespace}`)}`,
        },
      ];
    });
  },
};
