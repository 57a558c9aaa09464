import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import type { Component } from "../lib/base-and-component.js";
import { labels } from "../lib/labels.js";
import { placeholder } from "../lib/placeholder.js";
import { port } from "../prometheus/pod.js";
import type { Settings } from "../settings/index.js";

const name = "prometheus";
const host = placeholder("the host of Ingress prometheus");

/** A way in through the cluster's ingress controller, by TLS. Prometheus asks nobody who they are: see basic-auth. */
export function ingress({ namespace }: Settings): Component {
  return {
    name: "ingress",
    source: "generators/components/ingress.ts",
    about: "Opens a way in through an Ingress, whose host the overlay names.",
    blanks: { [host]: "docs/ways-in.md" },
    objects: [
      new Ingress({
        metadata: { name, namespace, labels: labels(name, "ingress") },
        spec: {
          tls: [{ hosts: [host], secretName: "prometheus-tls" }],
          rules: [
            {
              host,
              http: {
                paths: [{ path: "/", pathType: "Prefix", backend: { service: { name, port: { name: port.name } } } }],
              },
            },
          ],
        },
      }),
    ],
  };
}
