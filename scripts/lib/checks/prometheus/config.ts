import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { IContainer } from "kubernetes-models/v1/Container";
import { parse } from "yaml";
import { $ } from "zx";
import { matches } from "../../rendered/glob.js";
import { type Mounted, type MountedFile, mountedIn } from "../../rendered/mounted.js";
import type { RenderedObject } from "../../rendered/objects.js";
import { environmentOf, expand } from "../../rendered/variables.js";
import { type Workload, workloadsOf } from "../../rendered/workloads.js";
import { toolchain } from "../../toolchain/index.js";
import type { Check, Finding } from "../check.js";
import { type Reference, reroot } from "./references.js";

/** What Prometheus will read, laid out as its container mounts it, is what promtool accepts. */
export const prometheusConfig: Check = {
  name: "prometheus config",
  run: async ({ objects }) => {
    const findings = await Promise.all(
      workloadsOf({ objects }).flatMap((workload) =>
        workload.containers.filter(isPrometheus).map((container) => checkContainer(container, workload, objects)),
      ),
    );
    return findings.flat();
  },
};

/** By its image, under whichever registry. */
function isPrometheus({ image }: IContainer): boolean {
  return /(^|\/)prometheus(:|@|$)/.test(image ?? "");
}

async function checkContainer(
  container: IContainer,
  workload: Workload,
  objects: readonly RenderedObject[],
): Promise<Finding[]> {
  const environment = environmentOf(container, workload.namespace, objects);
  const prefix = "--config.file=";
  const argument = container.args?.find((text) => text.startsWith(prefix)) ?? `${prefix}/etc/prometheus/prometheus.yml`;
  const path = expand(argument.slice(prefix.length), environment).text;
  const mounted = mountedIn(container, workload, objects);
  if (path === undefined || isUnknown(path, mounted)) return [];
  const main = mounted.files.get(path);
  if (main === undefined) {
    return [
      {
        object: workload.object,
        message: `container ${container.name} reads ${path}, where it mounts no file`,
        fix: `mount the ConfigMap with ${path.slice(path.lastIndexOf("/") + 1)} there, or correct --config.file`,
      },
    ];
  }
  const root = await mkdtemp(join(tmpdir(), "plain-prometheus-config-"));
  try {
    const findings = await layOut(root, path, mounted);
    if (findings.length > 0) return findings;
    const unset = unsetVariables(main, environment.complete ? [...environment.variables.keys()] : undefined);
    return [...unset, ...(await promtool(root, path, mounted))];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Writes every file below `root`, those that refer to others so that they find them there. */
async function layOut(root: string, main: string, mounted: Mounted): Promise<Finding[]> {
  const findings: Finding[] = [];
  const write = async (path: string, text: string) => {
    await mkdir(dirname(root + path), { recursive: true });
    await writeFile(root + path, text);
  };
  for (const [path, { text }] of mounted.files) await write(path, text);
  const pending = [main];
  for (const path of pending) {
    const file = mounted.files.get(path);
    if (file === undefined) continue;
    try {
      const { text, references } = reroot(file.text, dirname(path), root);
      await write(path, text);
      for (const reference of references) {
        const found = [...mounted.files.keys()].filter((candidate) => refersTo(reference, candidate));
        // Rule files refer to nothing, and files of targets are no configuration.
        if (reference.field === "scrape_config_files") pending.push(...found.filter((next) => !pending.includes(next)));
        if (found.length > 0) continue;
        if (!isUnknown(reference.path, mounted)) findings.push(dangling(reference, file));
        // What a Secret holds is not for the check to see: that it can be there is enough.
        else if (!reference.pattern) await write(reference.path, "");
      }
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "YAMLParseError") throw error;
      findings.push({ object: file.object, message: `${file.key}: ${error.message.trimEnd()}`, fix: fixOf(file) });
    }
  }
  return findings;
}

function refersTo({ path, pattern }: Reference, candidate: string): boolean {
  return pattern ? matches(path, candidate) : path === candidate;
}

function isUnknown(path: string, { unknown }: Mounted): boolean {
  return unknown.some((folder) => path === folder || path.startsWith(`${folder.replace(/\/$/, "")}/`));
}

function dangling({ field, path, pattern }: Reference, { object, key }: MountedFile): Finding {
  return {
    object,
    message: `${key}: ${field} ${path} is ${pattern ? "no file that the pod mounts" : "not mounted into the pod"}`,
    fix: "correct the path, or mount the ConfigMap, the Secret or the ServiceAccount's token that brings it",
  };
}

/** Prometheus takes external labels from its environment, and takes an unset variable for an empty label. */
function unsetVariables({ text, object, key }: MountedFile, known: readonly string[] | undefined): Finding[] {
  const config = parse(text) as { global?: { external_labels?: Record<string, string> } | null } | null;
  return Object.entries(config?.global?.external_labels ?? {}).flatMap(([label, value]) =>
    [...`${value}`.replaceAll("$$", "").matchAll(/\$(?:\{(\w+)\}|(\w+))/g)]
      .map(([, braced, bare]) => braced ?? bare ?? "")
      .filter((name) => known !== undefined && !known.includes(name))
      .map((name) => ({
        object,
        message: `${key}: external label ${label} is ${value}, but the container has no variable ${name}`,
        fix: `add ${name} to the container's env`,
      })),
  );
}

async function promtool(root: string, main: string, { files }: Mounted): Promise<Finding[]> {
  const command = await toolchain.tool("promtool");
  const checked = await $({ quiet: true, nothrow: true })`${command} check config --lint-fatal ${root + main}`;
  if (checked.exitCode === 0) return [];
  const output = `${checked.stdout}\n${checked.stderr}`;
  const named = [...files].find(([path]) => path !== main && complaints(output).includes(root + path));
  const file = named?.[1] ?? files.get(main);
  if (file === undefined) return [];
  return [
    { object: file.object, message: `${file.key}: ${complaints(output).replaceAll(root, "")}`, fix: fixOf(file) },
  ];
}

/** The lines of promtool's output that say what is wrong. */
function complaints(output: string): string {
  return output
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^Checking |SUCCESS/.test(line))
    .map((line) => line.replace(/^\s*FAILED: /, "").trim())
    .join("; ");
}

function fixOf({ text, key }: MountedFile): string {
  const source = /^# Generated by (\S+):/.exec(text)?.[1];
  return source === undefined ? `correct ${key} where the overlay or its Component has it` : `correct ${source}`;
}
