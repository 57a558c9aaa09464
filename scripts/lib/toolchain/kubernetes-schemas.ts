import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cached, cacheKey } from "../cache.js";
import { step } from "../progress.js";
import { go, moduleFolder } from "./go.js";
import { kubernetesModule, kubernetesVersion } from "./kubernetes-versions.js";

/** A JSON schema, or the part of an OpenAPI 2 document that is one. */
export type Schema = { readonly [keyword: string]: unknown };

/** The part of Kubernetes' OpenAPI document that the schemas come from. */
interface OpenApi {
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** Raised with each change of the conversion, so that results of an older one are not used. */
const conversion = "1";

const prefix = "#/definitions/";

/** What the OpenAPI document calls a string, and the API server takes as a number too. */
const numberOrString: Readonly<Record<string, Schema>> = {
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": { oneOf: [{ type: "integer" }, { type: "string" }] },
  "io.k8s.apimachinery.pkg.api.resource.Quantity": {
    oneOf: [
      { type: "number" },
      // Source: the error that apimachinery's resource.ParseQuantity gives names this expression.
      { type: "string", pattern: "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$" },
    ],
  },
};

/**
 * The `-schema-location` of kubeconform for strict schemas of one version of Kubernetes: a field that the API does not
 * have is an error. They are made from the API's own description, in the k8s.io/kubernetes module.
 *
 * @param folder - below `tools/`, whose go.mod pins the version: one of {@link kubernetesVersions}.
 */
export async function kubernetesSchemas(folder = "kubernetes"): Promise<string> {
  const version = await kubernetesVersion(folder);
  const schemas = await cached("kubernetes-schemas", cacheKey(version, conversion), 0.2, (target) =>
    step(`making JSON schemas of Kubernetes ${version}`, async () => {
      const { Dir } = JSON.parse(await go(moduleFolder(folder), ["mod", "download", "-json", kubernetesModule]));
      const openApi = JSON.parse(await readFile(join(Dir, "api/openapi-spec/swagger.json"), "utf8"));
      for (const [file, schema] of strictSchemas(openApi)) {
        await writeFile(join(target, file), JSON.stringify(schema));
      }
    }),
  );
  return join(schemas, "{{ .ResourceKind }}{{ .KindSuffix }}.json");
}

/** One self-contained strict schema for each kind of the API, by the file name that kubeconform looks for. */
export function strictSchemas({ definitions }: OpenApi): Map<string, Schema> {
  const strict = new Map(Object.entries(definitions).map(([name, schema]) => [name, strictDefinition(name, schema)]));
  const files = new Map<string, Schema>();
  for (const [name, definition] of Object.entries(definitions)) {
    const kinds = definition["x-kubernetes-group-version-kind"] as readonly GroupVersionKind[] | undefined;
    const kind = kinds?.[0];
    // What has several kinds (DeleteOptions, WatchEvent) is part of a request, not an object that anyone applies.
    if (kind === undefined || kinds?.length !== 1) continue;
    files.set(fileName(kind), {
      $schema: "http://json-schema.org/draft-07/schema#",
      $ref: prefix + name,
      definitions: Object.fromEntries([...reachable(name, strict)].map((used) => [used, strict.get(used)])),
    });
  }
  return files;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** As kubeconform forms it: only the first label of the group, all in lower case. */
export function fileName({ group, version, kind }: GroupVersionKind): string {
  const [label = ""] = group.split(".");
  return `${[kind, label, version].filter(Boolean).join("-").toLowerCase()}.json`;
}

function strictDefinition(name: string, schema: Schema): Schema {
  const special = numberOrString[name];
  if (special !== undefined) return special;
  const plain = withoutAnnotations(schema) as Schema;
  // Without properties it is an object of any shape, such as RawExtension.
  return plain.properties === undefined ? plain : { ...plain, additionalProperties: false };
}

/** Only what JSON schema validates: descriptions alone are nine tenths of the document. */
export function withoutAnnotations(value: unknown, names = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutAnnotations(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // The keys of `properties` are field names: CustomResourceDefinition has fields named description and format.
      .filter(([key]) => names || !(key === "description" || key === "format" || key.startsWith("x-kubernetes-")))
      .map(([key, inner]) => [key, withoutAnnotations(inner, !names && key === "properties")]),
  );
}

function reachable(name: string, definitions: ReadonlyMap<string, Schema>, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const reference of references(definitions.get(name))) reachable(reference, definitions, seen);
  return seen;
}

function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner.slice(prefix.length)] : references(inner),
  );
}
