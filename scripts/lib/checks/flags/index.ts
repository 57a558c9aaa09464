import { readFileSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../../../../metrics/promql/nearest.js";
import { product } from "../../project.js";
import { mountedIn } from "../../rendered/mounted.js";
import { runs } from "../../rendered/prometheus.js";
import { environmentOf, expand } from "../../rendered/variables.js";
import { workloadsOf } from "../../rendered/workloads.js";
import type { Check } from "../check.js";
import { isMounted } from "../prometheus/dangling.js";

/** The flags of one program. */
export interface Flags {
  /** That take a value. */
  readonly values: readonly string[];
  /** Those of them that may be there more than once. */
  readonly repeatable: readonly string[];
  /** That take none. */
  readonly switches: readonly string[];
  /** Switches with a `--no-` before them, or with `=true` and `=false`; how, differs from program to program. */
  readonly negated: "--no-" | "=false";
}

type Programs = Readonly<Record<string, Flags & { readonly version: string }>>;

/** What the pinned programs said, by the name of their images; test/build/flags.test.ts writes it. */
const known = JSON.parse(readFileSync(join(product, "scripts/lib/checks/flags/programs.json"), "utf8")) as Programs;

/** The arguments of the programs are some that they have: with another one the pod ends at once, again and again. */
export const flags: Check = {
  name: "arguments",
  run: async ({ objects }) =>
    workloadsOf({ objects }).flatMap((workload) =>
      workload.containers.flatMap((container) => {
        const { object, namespace } = workload;
        const program = Object.keys(known).find((name) => runs(container, name));
        // A command of its own may be another program of the image.
        if (program === undefined || container.command !== undefined) return [];
        const environment = environmentOf(container, namespace, objects);
        const written = container.args ?? [];
        const args = written.map((text) => expand(text, environment).text ?? text);
        const wrong = problemsOf(program, args).map((problem) => ({
          object,
          message: `container ${container.name}: ${problem}`,
          fix:
            variableFor(problem, written) ??
            `correct args: ${program} ${known[program]?.version} ends at once with these`,
        }));
        const mounted = mountedIn(container, workload, objects);
        const missing = args.flatMap((text) => {
          const [, flag = "", path = ""] = fileFlag.exec(text) ?? [];
          if (path === "" || isMounted({ field: flag, path, pattern: false }, mounted)) return [];
          return {
            object,
            message: `container ${container.name}: ${flag} is ${path}, where it mounts no file`,
            fix: "correct the path, or mount the ConfigMap or Secret that brings it",
          };
        });
        return [...wrong, ...missing];
      }),
    ),
};

/** What is written twice is a variable's in the bundle, which a patch merges by its name. */
function variableFor(problem: string, args: readonly string[]): string | undefined {
  const flag = /^(--\S+) is there twice/.exec(problem)?.[1];
  const variable = args.map((text) => /^(--[^=]+)=\$\((\w+)\)$/.exec(text)).find((found) => found?.[1] === flag)?.[2];
  return variable && `set the variable ${variable} in the container's env in place of the argument`;
}

/** Files that an argument names; --config.file of Prometheus and Alertmanager are looked at with what is in them. */
const fileFlag = /^--(web\.config\.file|custom-resource-state-config-file|tls-config|config)=(\/.*)$/;

/** Flags that a program has and its `--help` does not list. Source: cmd/prometheus/main.go of Prometheus. */
const unlisted: Readonly<Record<string, readonly string[]>> = { prometheus: ["storage.agent.wal-truncate-frequency"] };

/**
 * What a program would say of its arguments.
 *
 * @param program - as its image is called
 */
export function problemsOf(program: string, args: readonly string[]): string[] {
  const all = known[program];
  if (all === undefined) return [];
  const seen = new Set<string>();
  const problems: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const text = args[index] ?? "";
    const [, name, equals, value] = /^--([^=]+)(=)?(.*)$/s.exec(text) ?? [];
    if (name === undefined) {
      // Short flags are rare, and pflag's have values of their own.
      if (!/^-\w/.test(text) || all.negated === "--no-") problems.push(`${program} takes no argument "${text}"`);
      continue;
    }
    const positive = all.negated === "--no-" ? name.replace(/^no-/, "") : name;
    if (all.switches.includes(positive)) {
      const allowed = equals === undefined || (all.negated === "=false" && /^(true|false|1|0|t|f)$/i.test(value ?? ""));
      if (!allowed)
        problems.push(
          `--${name} takes no value: write --${positive} or ${all.negated === "--no-" ? `--no-${positive}` : `--${positive}=false`}`,
        );
    } else if (!all.values.includes(name) && !unlisted[program]?.includes(name)) {
      problems.push(`${program} has no flag --${name}${didYouMean(name, [...all.values, ...all.switches])}`);
      continue;
    } else if (equals === undefined) {
      index += 1;
      if (args[index] === undefined) problems.push(`--${name} wants a value`);
    }
    if (seen.has(positive) && all.negated === "--no-" && !all.repeatable.includes(positive)) {
      problems.push(`--${name} is there twice, and cannot be repeated`);
    }
    seen.add(positive);
  }
  return problems;
}
