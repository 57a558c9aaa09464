import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { KubernetesObject } from "./base-and-component.js";
import { labels } from "./labels.js";

/** A ConfigMap with Kustomize's mark of what the build alone needs: no overlay renders it. */
export function kustomizeOnly(
  name: string,
  namespace: string,
  data: Readonly<Record<string, string>>,
  about: string,
): KubernetesObject {
  const map = new ConfigMap({
    metadata: {
      name,
      namespace,
      labels: labels("prometheus", "server"),
      annotations: { "config.kubernetes.io/local-config": "true" },
    },
    data: { ...data },
  });
  return { ...map, about, validate: () => map.validate(), toJSON: () => map.toJSON() };
}
