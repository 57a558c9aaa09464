import type { IContainer } from "kubernetes-models/v1/Container";
import { connectionsOf } from "../rendered/connections.js";
import type { RenderedObject } from "../rendered/objects.js";
import { correct } from "../rendered/source.js";
import { environmentOf, expand } from "../rendered/variables.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";
import { prometheusConfig } from "./prometheus/config.js";

/** Who asks a server that has a web configuration says who it is: without, the server answers 401, or nothing. */
export const logins: Check = {
  name: "logins",
  after: [prometheusConfig],
  run: async (rendered) => {
    const { objects } = rendered;
    const asking = connectionsOf(rendered).connections.flatMap(({ who, object, file, to, client }): Finding[] => {
      if (client === undefined || typeof to !== "object" || !("workload" in to) || !asks(to.workload, objects))
        return [];
      const { basic_auth, authorization, oauth2, http_headers, scheme } = client.config;
      if (basic_auth ?? authorization ?? oauth2 ?? http_headers) return [];
      // A web configuration may ask for TLS alone.
      if (scheme === "https") return [];
      return [
        {
          object,
          message: `${who} says no login to ${to.workload.object}, whose --web.config.file asks for one`,
          fix: `${file === undefined ? "correct it" : correct(rendered, file)}: give it basic_auth, as base/components/basic-auth does`,
        },
      ];
    });
    return [...asking, ...workloadsOf(rendered).flatMap((workload) => probes(workload, objects))];
  },
};

function asks(workload: Workload, objects: readonly RenderedObject[]): boolean {
  return workload.containers.some((container) => hasWebConfig(container, workload, objects));
}

function hasWebConfig(container: IContainer, { namespace }: Workload, objects: readonly RenderedObject[]): boolean {
  const environment = environmentOf(container, namespace, objects);
  return (container.args ?? []).some((text) => /^--web\.config\.file=./.test(expand(text, environment).text ?? ""));
}

function probes(workload: Workload, objects: readonly RenderedObject[]): Finding[] {
  return workload.containers
    .filter((container) => hasWebConfig(container, workload, objects))
    .flatMap((container) =>
      (["startupProbe", "readinessProbe", "livenessProbe"] as const).flatMap((kind) => {
        const probe = container[kind]?.httpGet;
        if (!probe || probe.scheme === "HTTPS" || probe.httpHeaders?.some(({ name }) => /^authorization$/i.test(name)))
          return [];
        return {
          object: workload.object,
          message: `${kind} of container ${container.name} says no login, which its own --web.config.file asks for`,
          fix: "probe by a command that has the login, as base/components/basic-auth does",
        };
      }),
    );
}
