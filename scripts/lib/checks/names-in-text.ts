import { connectionsOf, type Dangling } from "../rendered/connections.js";
import { isDeclared, orDeclare } from "../rendered/declared.js";
import { nameOf, ofKind, type Rendered } from "../rendered/objects.js";
import { sourceOf } from "../rendered/source.js";
import type { Check, Finding } from "./check.js";
import { prometheusConfig } from "./prometheus/config.js";

/**
 * What a text names is there: Kustomize renames objects and leaves text, so that with namePrefix, nameSuffix or another
 * copy of a file a scrape job, an argument, a data source or a role goes on naming what nothing is called any more.
 */
export const namesInText: Check = {
  name: "names in text",
  after: [prometheusConfig],
  run: async (rendered) => [
    ...connectionsOf(rendered).dangling.map((one) => danglingFinding(one, rendered)),
    ...backends(rendered),
    ...roles(rendered),
  ],
};

function danglingFinding(
  { who, object, file, keeps, missing, ports, namespace }: Dangling,
  rendered: Rendered,
): Finding {
  if (ports !== undefined) {
    return {
      object,
      message: `${who} keeps ${keeps}, but ${missing} has other ports: ${ports || "none"}`,
      fix: `write one of these in ${placeOf(rendered, file)}`,
    };
  }
  if (missing === undefined) {
    return {
      object,
      message: `${who} keeps ${keeps}, which this overlay does not render in ${namespace}`,
      fix: `correct ${placeOf(rendered, file)}, or render what it looks for with these labels and ports`,
    };
  }
  const near = nearest(missing, rendered);
  return {
    object,
    message: `${who} keeps ${keeps}, but this overlay does not render ${missing}`,
    fix: `${near === undefined ? "correct it" : `write ${near} instead`} in ${placeOf(rendered, file)}: Kustomize renames objects and leaves text${orDeclare(missing)}`,
  };
}

function placeOf(rendered: Rendered, file: Dangling["file"]): string {
  if (file === undefined) return "a patch of the overlay";
  const source = sourceOf(rendered, file);
  if (source === undefined) return file.key;
  return source.isGenerated ? `a copy of ${file.key} in the overlay (${source.path} wrote this one)` : source.path;
}

/** The Service of the namespace that has the name within its own, as namePrefix and nameSuffix leave it. */
function nearest(missing: string, { objects }: Rendered): string | undefined {
  const [, namespace, name = ""] = /^Service (.*)\/(.*)$/.exec(missing) ?? [];
  return ofKind(objects, "v1/Service").find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name.includes(name),
  )?.metadata.name;
}

interface Backend {
  readonly name?: string;
  readonly namespace?: string;
  readonly kind?: string;
  readonly port?: number | { readonly name?: string; readonly number?: number };
}

/** The Services to which an Ingress or a route leads. */
function backends(rendered: Rendered): Finding[] {
  return rendered.objects.flatMap((object) =>
    backendsIn(object).flatMap((backend): Finding[] => {
      if (backend.name === undefined || (backend.kind ?? "Service") !== "Service") return [];
      const namespace = backend.namespace ?? object.metadata.namespace;
      const missing = `Service ${namespace}/${backend.name}`;
      if (namespace !== object.metadata.namespace || isDeclared(rendered, missing)) return [];
      const service = ofKind(rendered.objects, "v1/Service").find(
        ({ metadata }) => metadata.name === backend.name && metadata.namespace === namespace,
      );
      if (service === undefined) {
        const near = nearest(missing, rendered);
        return [
          {
            object: nameOf(object),
            message: `leads to ${missing}, which this overlay does not render`,
            fix: `${near === undefined ? "correct the backend" : `patch the backend's name to ${near}`}${orDeclare(missing)}`,
          },
        ];
      }
      const ports = service.spec?.ports ?? [];
      const wanted = typeof backend.port === "object" ? (backend.port.name ?? backend.port.number) : backend.port;
      if (wanted === undefined || ports.some(({ name, port }) => name === wanted || port === wanted)) return [];
      const there = ports.map(({ name, port }) => (name ? `${name}=${port}` : port)).join(", ");
      return [
        {
          object: nameOf(object),
          message: `leads to port ${wanted} of ${missing}, which has ${there || "none"}`,
          fix: "patch the backend's port to one of these",
        },
      ];
    }),
  );
}

/** Ingress says `backend.service`, the routes of Gateway API say `backendRefs`. */
function backendsIn(value: unknown): Backend[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === "backendRefs" && Array.isArray(inner)) return inner as Backend[];
    if (/^(backend|defaultBackend)$/.test(key) && inner?.service) return [inner.service as Backend];
    return backendsIn(inner);
  });
}

/** Services and ConfigMaps that a role is about by name. */
function roles(rendered: Rendered): Finding[] {
  const { cluster } = connectionsOf(rendered);
  return ofKind(rendered.objects, "rbac.authorization.k8s.io/v1/Role").flatMap((role) => {
    const namespace = role.metadata.namespace ?? "";
    if (!cluster.owns(namespace)) return [];
    return (role.rules ?? []).flatMap(({ resources = [], resourceNames = [] }) => {
      const kind = resources.some((resource) => /^services(\/|$)/.test(resource))
        ? "Service"
        : resources.includes("configmaps")
          ? "ConfigMap"
          : undefined;
      if (kind === undefined) return [];
      return resourceNames
        .map((name) => name.replace(/^https?:|:[^:]*$/g, ""))
        .filter(
          (name) =>
            !rendered.objects.some(
              (one) => one.kind === kind && one.metadata.name === name && one.metadata.namespace === namespace,
            ),
        )
        .map((name) => `${kind} ${namespace}/${name}`)
        .filter((missing) => !isDeclared(rendered, missing))
        .map((missing) => ({
          object: nameOf(role),
          message: `allows ${resources.join(", ")} of ${missing}, which this overlay does not render`,
          fix: `patch resourceNames to ${nearest(missing, rendered) ?? "what there is"}${orDeclare(missing)}`,
        }));
    });
  });
}
