import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ICustomResourceDefinition } from "kubernetes-models/apiextensions.k8s.io/v1/CustomResourceDefinition";
import { parseAllDocuments } from "yaml";
import { glob } from "zx";
import { cached, cacheKey } from "../cache.js";
import { step } from "../progress.js";
import { go, moduleFolder } from "./go.js";
import { fileName, type Schema, withoutAnnotations } from "./kubernetes-schemas.js";
import { requiredVersion } from "./versions.js";

/** Raised with each change of the conversion, so that results of an older one are not used. */
const conversion = "1";

/** Where the CustomResourceDefinitions of a project are: in a Go module that a go.mod below `tools/` pins. */
interface Definitions {
  /** As the user is told: `Gateway API`. */
  readonly title: string;
  /** The folder below `tools/` with the go.mod. */
  readonly folder: string;
  readonly module: string;
  /** The files in the module, as a glob. */
  readonly files: string;
}

/** The Gateway API's standard channel. */
export const gatewaySchemas = () =>
  customSchemas({
    title: "Gateway API",
    folder: "gateway-api",
    module: "sigs.k8s.io/gateway-api",
    files: "config/crd/standard/*.yaml",
  });

/** The `-schema-location` of kubeconform for strict schemas, made from a project's CustomResourceDefinitions. */
export async function customSchemas({ title, folder, module, files }: Definitions): Promise<string> {
  const pins = moduleFolder(folder);
  const version = requiredVersion(await readFile(join(pins, "go.mod"), "utf8"), module) ?? "";
  const schemas = await cached("custom-schemas", cacheKey(module, version, files, conversion), 0.1, (target) =>
    step(`making JSON schemas of ${title} ${version}`, async () => {
      const { Dir } = JSON.parse(await go(pins, ["mod", "download", "-json", module]));
      for (const file of await glob(join(Dir, files))) {
        const objects = parseAllDocuments(await readFile(file, "utf8")).map((document) => document.toJS());
        for (const definition of objects.filter(({ kind }) => kind === "CustomResourceDefinition")) {
          for (const [name, schema] of schemasOf(definition))
            await writeFile(join(target, name), JSON.stringify(schema));
        }
      }
    }),
  );
  return join(schemas, "{{ .ResourceKind }}{{ .KindSuffix }}.json");
}

/** One strict schema for each served version of a CustomResourceDefinition, by the file name that kubeconform looks for. */
export function schemasOf({ spec: { group, names, versions } }: ICustomResourceDefinition): Map<string, Schema> {
  return new Map(
    versions
      .filter(({ served }) => served)
      .map(({ name, schema }) => [
        fileName({ group, version: name, kind: names.kind }),
        { $schema: "http://json-schema.org/draft-07/schema#", ...(strict(schema?.openAPIV3Schema) as Schema) },
      ]),
  );
}

/** A field that a schema does not have is an error, as with `kubectl --validate=strict`. */
function strict(value: unknown): unknown {
  return closed(withoutAnnotations(value));
}

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  // Below allOf, anyOf and not a schema says only what it adds to the one around it.
  const isWhole = inner.type === "object" && typeof inner.properties === "object";
  return isWhole ? { additionalProperties: false, ...inner } : inner;
}
