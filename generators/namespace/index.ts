import { Namespace } from "kubernetes-models/v1/Namespace";
import type { Base } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels } from "../lib/labels.js";
import type { Settings } from "../settings/index.js";

const podSecurity = "pod-security.kubernetes.io/enforce";

/** The namespace of the whole stack. */
export function namespace({ namespace: name }: Settings): Base {
  return {
    name: "namespace",
    about: "The namespace of all that follows.",
    source: "generators/namespace/index.ts",
    objects: [
      explained(Namespace, {
        metadata: {
          name,
          labels: because(
            { ...labels("plain-prometheus", "namespace"), [podSecurity]: "privileged" },
            { [podSecurity]: "node-exporter looks at the host, which no other level admits." },
          ),
        },
      }),
    ],
  };
}
