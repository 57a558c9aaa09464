import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import { edges } from "../derive/edges.js";
import { grafana as base } from "../grafana/index.js";
import { name } from "../grafana/pod.js";
import type { Base, Component } from "../lib/base-and-component.js";
import { merging } from "../lib/patch.js";
import type { Settings } from "../settings/index.js";
import { policiesOf } from "./network-policies.js";

/**
 * Grafana with Prometheus as its data source and the dashboards of every job that is on. Everybody has to log in.
 *
 * @param itself made anew where it is not at hand, which takes a moment: its dashboards are long
 */
export function grafana(settings: Settings, itself = base(settings)): Component {
  const { source, objects, configMaps = [] } = itself;
  return {
    name,
    source,
    about: "Runs Grafana with a dashboard for every subject; its password is in the Secret grafana-admin.",
    objects,
    configMaps,
  };
}

/**
 * Grafana that lets everybody look, and nobody change anything: for a cluster whose every user may see all of it. Nobody
 * logs in, so it needs no Secret.
 */
export function grafanaAnonymousViewer({ namespace }: Settings): Component {
  return {
    name: "grafana-anonymous-viewer",
    source: "generators/components/grafana.ts",
    about: "Runs a Grafana that everybody may look at, and nobody change.",
    includes: [name],
    patches: [
      merging<IDeployment>("pod", {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name, namespace },
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name,
                  env: [
                    { name: "GF_SECURITY_ADMIN_USER", $patch: "delete" },
                    { name: "GF_SECURITY_ADMIN_PASSWORD", $patch: "delete" },
                    { name: "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION", value: "true" },
                    { name: "GF_AUTH_ANONYMOUS_ENABLED", value: "true" },
                    { name: "GF_AUTH_ANONYMOUS_ORG_ROLE", value: "Viewer" },
                    { name: "GF_AUTH_DISABLE_LOGIN_FORM", value: "true" },
                  ],
                },
              ],
            },
          },
        },
      }),
    ],
  };
}

/**
 * Lets Grafana's connections through where `components/network-policies` lets none through: a Component of its own, since
 * a policy of Prometheus without the others would cut Prometheus off.
 *
 * @param others the bases that are there without Grafana
 * @param itself as for {@link grafana}
 */
export function grafanaNetworkPolicies(
  settings: Settings,
  others: readonly Base[],
  itself = base(settings),
): Component {
  const all = [...others, itself];
  const known = new Set(edges(others, [], "prometheus").map((edge) => JSON.stringify(edge)));
  const needed = edges(all, [], "prometheus").filter((edge) => !known.has(JSON.stringify(edge)));
  return {
    name: "grafana-network-policies",
    source: "generators/components/grafana.ts",
    about:
      "Lets Grafana's connections through where network-policies denies them. List it before whatever scrapes more.",
    with: [name, "network-policies"],
    objects: policiesOf(all, needed, settings.namespace, (one) => (one === name ? name : `${one}-from-${name}`)),
  };
}
