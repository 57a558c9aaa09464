import { $ } from "zx";
import { Failure } from "../failure.js";
import { nameOf } from "../rendered/objects.js";
import { toolchain } from "../toolchain/index.js";
import { kubernetesSchemas } from "../toolchain/kubernetes-schemas.js";
import type { Check } from "./check.js";

interface Resource {
  readonly status: "statusValid" | "statusInvalid" | "statusError" | "statusSkipped" | "statusEmpty";
  readonly msg: string;
  readonly validationErrors?: readonly { readonly path: string; readonly msg: string }[];
}

/** Every object is what the pinned Kubernetes knows: no misspelt, unknown or missing field, no wrong type. */
export const schema: Check = {
  name: "schema",
  run: async ({ overlay, text, objects }) => {
    const kubeconform = await toolchain.tool("kubeconform");
    const flags = ["-strict", "-verbose", "-output", "json", "-schema-location", await kubernetesSchemas()];
    // With one worker the answers come in the order of the objects, and only their order tells two namesakes apart.
    const { stdout, stderr } = await $({ input: text, quiet: true, nothrow: true })`${kubeconform} ${flags} -n 1 -`;
    const { resources } = parsed(stdout);
    if (resources.length !== objects.length) {
      throw new Failure(
        `kubeconform read ${resources.length} of the ${objects.length} objects of ${overlay}: ${stderr}`,
      );
    }
    return resources.flatMap(({ status, msg, validationErrors = [] }, index) => {
      const rendered = objects[index];
      if (rendered === undefined || status === "statusValid") return [];
      const object = nameOf(rendered);
      if (status !== "statusInvalid") {
        return [
          { object, message: `${rendered.apiVersion} ${rendered.kind}: ${msg}`, fix: "correct apiVersion or kind" },
        ];
      }
      return validationErrors.map((error) => ({
        object,
        message: `${error.path}: ${error.msg}`,
        fix: `kubectl explain ${rendered.kind.toLowerCase()}${error.path.replace(/\/\d+/g, "").replaceAll("/", ".")}`,
      }));
    });
  },
};

function parsed(stdout: string): { readonly resources: readonly Resource[] } {
  return stdout.trim() === "" ? { resources: [] } : JSON.parse(stdout);
}
