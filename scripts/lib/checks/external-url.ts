import type { IIngress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import type { IService } from "kubernetes-models/v1/Service";
import type { HttpRoute } from "../../../generators/lib/http-route.js";
import { placeholdersIn } from "../../../generators/lib/placeholder.js";
import { nameOf, type Rendered, type RenderedObject } from "../rendered/objects.js";
import { workloadsOf } from "../rendered/workloads.js";
import type { Check } from "./check.js";

/** Variables that say under which address people reach a program. */
const variables = ["EXTERNAL_URL", "GF_SERVER_ROOT_URL"];

/** A way in by a host, and the Service that it leads to. */
interface Way {
  readonly object: RenderedObject;
  readonly hosts: readonly string[];
  readonly services: readonly string[];
}

/** What people reach under a host knows that host: links in notifications lead there. */
export const externalUrl: Check = {
  name: "external url",
  run: async (rendered) => rendered.objects.flatMap((object) => wayOf(object).flatMap((way) => unknown(way, rendered))),
};

function wayOf(object: RenderedObject): Way[] {
  if (object.kind === "Ingress") {
    const { rules = [] } = (object as IIngress).spec ?? {};
    const services = rules
      .flatMap(({ http }) => http?.paths ?? [])
      .flatMap(({ backend }) => backend.service?.name ?? []);
    return [{ object, hosts: rules.flatMap(({ host }) => host ?? []), services }];
  }
  if (object.kind !== "HTTPRoute") return [];
  const { hostnames = [], rules = [] } = (object as unknown as HttpRoute).spec;
  return [
    {
      object,
      hosts: hostnames,
      services: rules.flatMap(({ backendRefs = [] }) => backendRefs).map(({ name }) => name),
    },
  ];
}

function unknown({ object, hosts, services }: Way, { objects }: Pick<Rendered, "objects">) {
  const named = hosts.filter((host) => placeholdersIn(host).length === 0 && !host.startsWith("*"));
  if (named.length === 0) return [];
  const { namespace } = object.metadata;
  const selectors = objects
    .filter(
      ({ kind, metadata }) =>
        kind === "Service" && metadata.namespace === namespace && services.includes(metadata.name),
    )
    .map((service) => Object.entries((service as IService).spec?.selector ?? {}));
  return workloadsOf({ objects })
    .filter((workload) => workload.namespace === namespace)
    .filter(({ labels }) => selectors.some((selector) => selector.every(([key, value]) => labels[key] === value)))
    .flatMap((workload) =>
      workload.containers.flatMap(({ env = [] }) =>
        env
          .filter(({ name }) => variables.includes(name))
          .filter(({ value = "" }) => !URL.canParse(value) || !named.includes(new URL(value).hostname))
          .map(({ name, value }) => ({
            object: nameOf(object),
            message: `leads from ${named.join(", ")} to ${workload.object}, whose ${name} is ${value ?? "empty"}: links in notifications do not lead here`,
            fix: `patch ${name} of ${workload.object} to https://${named[0]}, see docs/ways-in.md`,
          })),
      ),
    );
}
