import { type IService, Service } from "kubernetes-models/v1/Service";
import type { IServiceSpec } from "kubernetes-models/v1/ServiceSpec";
import type { Component } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { merging, noDeployment } from "../lib/patch.js";
import { port } from "../prometheus/pod.js";
import { priorityClass, replicas } from "../prometheus/stateful-set.js";
import type { Settings } from "../settings/index.js";

const name = "prometheus";
const governing = "prometheus-replicas";
const priorityClassName = "plain-prometheus";

/**
 * Several replicas of Prometheus that each scrape everything and keep their samples on a volume of their own: a
 * StatefulSet in place of the Deployment.
 */
export function prometheusHa(settings: Settings): Component {
  const { namespace } = settings;
  const common = labels(name, "server");
  const metadata = { name, namespace, labels: common };
  return {
    name: "prometheus-ha",
    source: "generators/components/prometheus-ha.ts",
    about: "Runs several replicas of Prometheus on volumes of their own, in place of one pod.",
    objects: [
      priorityClass(priorityClassName, common),
      ...replicas(settings, {
        name,
        common,
        matchLabels: selector(name),
        serviceName: governing,
        replica: { valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        priorityClassName,
      }),
      explained(Service, {
        metadata: { ...metadata, name: governing },
        spec: because<IServiceSpec>(
          {
            clusterIP: "None",
            selector: selector(name),
            ports: [{ name: port.name, port: port.number, targetPort: port.name }],
          },
          {
            clusterIP:
              "It gives each replica a name. Queries go through the Service prometheus, which leaves out a replica that is not ready.",
          },
        ),
      }),
    ],
    patches: [
      noDeployment(name, namespace),
      merging<IService>("one-replica-per-client", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace },
        spec: because(
          { sessionAffinity: "ClientIP" as const },
          {
            sessionAffinity:
              "Replicas scrape at different times. A graph that is drawn twice must not jump between the two.",
          },
        ),
      }),
    ],
  };
}
