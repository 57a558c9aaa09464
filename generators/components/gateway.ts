import type { Component } from "../lib/base-and-component.js";
import { httpRoute } from "../lib/http-route.js";
import { labels } from "../lib/labels.js";
import { placeholder } from "../lib/placeholder.js";
import { port } from "../prometheus/pod.js";
import type { Settings } from "../settings/index.js";

const name = "prometheus";
const parent = placeholder("the Gateway of HTTPRoute prometheus");
const host = placeholder("the host of HTTPRoute prometheus");

/** A way in through a Gateway, which also ends TLS. Prometheus asks nobody who they are: see basic-auth. */
export function gateway({ namespace }: Settings): Component {
  return {
    name: "gateway",
    source: "generators/components/gateway.ts",
    about: "Opens a way in through a Gateway, which the overlay names.",
    blanks: { [parent]: "docs/ways-in.md", [host]: "docs/ways-in.md" },
    objects: [
      httpRoute({
        metadata: { name, namespace, labels: labels(name, "ingress") },
        spec: {
          parentRefs: [{ name: parent }],
          hostnames: [host],
          rules: [{ backendRefs: [{ name, port: port.number }] }],
        },
      }),
    ],
  };
}
