import { Namespace } from "kubernetes-models/v1/Namespace";
import type { Base } from "../lib/component.js";
import { labels } from "../lib/labels.js";
import type { Settings } from "../settings/index.js";

/** The namespace of the whole stack. */
export function namespace({ namespace: name }: Settings): Base {
  return {
    name: "namespace",
    about: "The namespace of all that follows.",
    source: "generators/namespace/index.ts",
    objects: [
      new Namespace({
        metadata: {
          name,
          labels: {
            ...labels("plain-prometheus", "namespace"),
            // node-exporter looks at the host, which no other level admits.
            "pod-security.kubernetes.io/enforce": "privileged",
          },
        },
      }),
    ],
  };
}
