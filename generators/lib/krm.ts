import * as v from "valibot";
import { parse } from "yaml";
import { inWords } from "./in-words.js";
import { yaml } from "./text.js";

const mapping = v.record(v.string(), v.unknown());

const schema = v.object({
  apiVersion: v.picklist(["config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"]),
  kind: v.literal("ResourceList"),
  items: v.nullish(v.array(mapping), []),
  functionConfig: v.nullish(
    // Strict: settings that stand beside `spec` and not below it would be ignored.
    v.strictObject({
      apiVersion: v.optional(v.string()),
      kind: v.optional(v.string()),
      metadata: v.optional(mapping),
      spec: v.optional(v.unknown()),
    }),
    {},
  ),
});

/** What a KRM function answers. */
export interface Answer {
  /** The ResourceList for stdout. It carries the errors too, for an orchestrator that shows them. */
  readonly output: string;
  /** What went wrong, one message each. Kustomize looks at the exit code alone: any error has to give one. */
  readonly errors: readonly string[];
}

/**
 * A KRM function that generates: reads a ResourceList and answers with the same list and what `generate` made of the
 * settings in `functionConfig.spec`. Of what was in the list, it replaces the objects that it makes itself, so that a
 * second pass changes nothing. Where anything goes wrong, the items come back as they were.
 *
 * Source: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md
 *
 * @param generate gives the objects; what it throws becomes errors, one for each line.
 */
export function answer(input: string, generate: (spec: unknown) => readonly object[]): Answer {
  let list: v.InferOutput<typeof schema> | undefined;
  try {
    list = read(input);
    const made = generate(list.functionConfig.spec);
    const names = new Set(made.map(identity));
    const others = list.items.filter((item) => !names.has(identity(item)));
    return { output: yaml({ ...list, items: [...others, ...made] }), errors: [] };
  } catch (error) {
    const errors = (error instanceof Error ? error.message : String(error)).split("\n");
    const results = errors.map((message) => ({ message, severity: "error" }));
    const unchanged = list ?? { apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items: [] };
    return { output: yaml({ ...unchanged, results }), errors };
  }
}

function read(input: string): v.InferOutput<typeof schema> {
  const result = v.safeParse(schema, parsed(input));
  if (result.success) return result.output;
  throw new Error(result.issues.map(describe).join("\n"));
}

function parsed(input: string): unknown {
  try {
    return parse(input);
  } catch (error) {
    const [firstLine] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Error(`the input is not a YAML document: ${firstLine}`);
  }
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (path === null) return "the input must be a ResourceList";
  if (issue.expected === "never") {
    return `unknown field "${path}" of the ResourceList: settings belong into functionConfig.spec`;
  }
  return `the ResourceList's "${path}" is ${issue.received}: must be ${inWords(issue)}`;
}

/** What makes two manifests the same object: group, kind, namespace and name, but not the version. */
function identity(manifest: { apiVersion?: unknown; kind?: unknown; metadata?: unknown }): string {
  const { apiVersion, kind, metadata } = manifest;
  const { namespace, name } = (metadata ?? {}) as { namespace?: unknown; name?: unknown };
  const group = String(apiVersion).includes("/") ? String(apiVersion).split("/")[0] : "";
  return JSON.stringify([group, kind, namespace, name]);
}
