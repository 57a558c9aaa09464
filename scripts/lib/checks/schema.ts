import { $ } from "zx";
import { Failure } from "../failure.js";
import { nameOf, type Rendered } from "../rendered/objects.js";
import { gatewaySchemas } from "../toolchain/custom-schemas.js";
import { toolchain } from "../toolchain/index.js";
import { kubernetesSchemas } from "../toolchain/kubernetes-schemas.js";
import type { Check, Finding } from "./check.js";

interface Resource {
  readonly status: "statusValid" | "statusInvalid" | "statusError" | "statusSkipped" | "statusEmpty";
  readonly msg: string;
}

/**
 * Every object is what the pinned Kubernetes and Gateway API know: no misspelt, unknown or missing field, no wrong type.
 * Of other groups' objects, such as an ExternalSecret, nothing is known here.
 */
export const schema: Check = {
  name: "schema",
  program: "kubeconform",
  run: async (rendered) => schemaFindings(rendered, await kubernetesSchemas()),
  unlooked: async ({ objects }) =>
    objects
      .filter(({ apiVersion }) => isForeign(apiVersion))
      .map((object) => `${nameOf(object)}, as no schema of ${object.apiVersion} is here`),
};

/**
 * What a version of Kubernetes does not know of an overlay's objects.
 *
 * @param kubernetes - the `-schema-location` of that version's schemas.
 */
export async function schemaFindings({ overlay, text, objects }: Rendered, kubernetes: string): Promise<Finding[]> {
  const kubeconform = await toolchain.tool("kubeconform");
  const schemas = [kubernetes, await gatewaySchemas()];
  const locations = schemas.flatMap((schema) => ["-schema-location", schema]);
  const flags = ["-strict", "-verbose", "-output", "json", ...locations];
  // With one worker the answers come in the order of the objects, and only their order tells two namesakes apart.
  const { stdout, stderr } = await $({ input: text, quiet: true, nothrow: true })`${kubeconform} ${flags} -n 1 -`;
  const { resources } = parsed(stdout);
  if (resources.length !== objects.length) {
    throw new Failure(`kubeconform read ${resources.length} of the ${objects.length} objects of ${overlay}: ${stderr}`);
  }
  return resources.flatMap(({ status, msg }, index) => {
    const rendered = objects[index];
    if (rendered === undefined || status === "statusValid") return [];
    if (isForeign(rendered.apiVersion) && msg.startsWith("could not find schema")) return [];
    const object = nameOf(rendered);
    if (status !== "statusInvalid") {
      return [
        { object, message: `${rendered.apiVersion} ${rendered.kind}: ${msg}`, fix: "correct apiVersion or kind" },
      ];
    }
    return violations(msg).map(({ path, problem }) => ({
      object,
      message: `${path || "/"}: ${problem}`,
      fix: `kubectl explain ${rendered.kind.toLowerCase()}${path.replace(/\/\d+/g, "").replaceAll("/", ".")}`,
    }));
  });
}

/** Whether its API group is from outside of Kubernetes and its projects. */
function isForeign(apiVersion: string): boolean {
  const [group = "", version] = apiVersion.split("/");
  return version !== undefined && group.includes(".") && !group.endsWith(".k8s.io");
}

function parsed(stdout: string): { readonly resources: readonly Resource[] } {
  return stdout.trim() === "" ? { resources: [] } : JSON.parse(stdout);
}

/** Its `validationErrors` stop at the first level: what is wrong deeper down only the message says, as a flat list. */
function violations(msg: string): { path: string; problem: string }[] {
  return [...msg.matchAll(/ - at '([^']*)': (.*?)(?=\s+- at '|$)/g)]
    .map(([, path = "", problem = ""]) => ({ path, problem }))
    .filter(({ problem }) => problem !== "validation failed");
}
