import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { IContainer } from "kubernetes-models/v1/Container";
import { parse } from "yaml";
import { $ } from "zx";
import { type Mounted, type MountedFile, mountedIn } from "../../rendered/mounted.js";
import type { Rendered } from "../../rendered/objects.js";
import { configPath, prometheusesOf, type RenderedPrometheus, runs } from "../../rendered/prometheus.js";
import { correct, sourceOf } from "../../rendered/source.js";
import { environmentOf } from "../../rendered/variables.js";
import { type Workload, workloadsOf } from "../../rendered/workloads.js";
import { withTemporaryFolder } from "../../temporary-folder.js";
import { toolchain } from "../../toolchain/index.js";
import type { Check, Finding } from "../check.js";
import { dangling, isUnknown, refersTo } from "./dangling.js";
import { withoutLeftOut } from "./discoveries.js";
import { reroot } from "./references.js";

/** What Prometheus will read, laid out as its container mounts it, is what promtool accepts. */
export const prometheusConfig: Check = {
  name: "prometheus config",
  program: "promtool",
  run: async (rendered) => {
    const checked = await Promise.all(
      workloadsOf(rendered).flatMap((workload) =>
        workload.containers
          .filter((container) => runs(container, "prometheus"))
          .map((container) => checkContainer(container, workload, rendered)),
      ),
    );
    const findings = checked.flat();
    // What is no YAML is no more to be looked at.
    return findings.length > 0 ? findings : prometheusesOf(rendered).flatMap((one) => unused(one, rendered));
  },
  unlooked: async (rendered) =>
    prometheusesOf(rendered)
      .flatMap(({ clients }) => [...new Set(clients.map(({ file }) => file))])
      .flatMap((file) =>
        withoutLeftOut(file.text).fields.map(
          (field) =>
            `${field} in ${sourceOf(rendered, file)?.path ?? file.key}, which the promtool built here leaves out`,
        ),
      ),
};

/** Files that Prometheus does not read, and an Alertmanager that it does not tell. */
function unused({ main, unread, hasAlertmanagers }: RenderedPrometheus, rendered: Rendered): Finding[] {
  const told =
    hasAlertmanagers ||
    !workloadsOf(rendered).some(({ containers }) => containers.some((one) => runs(one, "alertmanager")));
  return [
    ...[...new Set(unread.map(({ object }) => object))].map((object) => ({
      object,
      message: `${unread.flatMap((file) => (file.object === object ? [file.key] : [])).join(", ")}: mounted, and read by neither rule_files nor scrape_config_files of ${main.key}`,
      fix: `end the name as they want it (.yml), or add a pattern to ${sourceOf(rendered, main)?.path ?? main.key}`,
    })),
    ...(told
      ? []
      : [
          {
            object: main.object,
            message: `${main.key}: tells no Alertmanager of alerts, though this overlay runs one`,
            fix: `${correct(rendered, main)}: keep alerting as base/prometheus/prometheus.yml has it`,
          },
        ]),
  ];
}

async function checkContainer(container: IContainer, workload: Workload, rendered: Rendered): Promise<Finding[]> {
  const { objects } = rendered;
  const environment = environmentOf(container, workload.namespace, objects);
  const path = configPath(container, workload.namespace, objects, "/etc/prometheus/prometheus.yml");
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
  return await withTemporaryFolder(async (root) => {
    const findings = await layOut(root, path, mounted, rendered);
    if (findings.length > 0) return findings;
    const unset = unsetVariables(main, environment.complete ? [...environment.variables.keys()] : undefined);
    return [...unset, ...(await promtool(root, path, mounted, container, rendered))];
  });
}

/** Writes every file below `root`, those that refer to others so that they find them there. */
async function layOut(root: string, main: string, mounted: Mounted, rendered: Rendered): Promise<Finding[]> {
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
      await write(path, withoutLeftOut(text).text);
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
      findings.push({
        object: file.object,
        message: `${file.key}: ${error.message.trimEnd()}`,
        fix: correct(rendered, file),
      });
    }
  }
  return findings;
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

async function promtool(
  root: string,
  main: string,
  { files }: Mounted,
  { args }: IContainer,
  rendered: Rendered,
): Promise<Finding[]> {
  const command = await toolchain.tool("promtool");
  // An agent refuses what is about alerts and rules.
  const how = ["--lint-fatal", ...(args?.includes("--agent") ? ["--agent"] : [])];
  const checked = await $({ quiet: true, nothrow: true })`${command} check config ${how} ${root + main} 2>&1`;
  if (checked.exitCode === 0) return [];
  const said = complaints(checked.stdout);
  // The file that is named first is the one with the error; what promtool's linter finds names none.
  const [named] = [...files]
    .filter(([path]) => path !== main && said.includes(root + path))
    .sort(([one], [other]) => said.indexOf(root + one) - said.indexOf(root + other));
  const [before = ""] = checked.stdout.split("FAILED", 1);
  const checking = [...before.matchAll(/^Checking (.+)$/gm)].at(-1)?.[1];
  const file = named?.[1] ?? files.get(checking?.slice(root.length) ?? main) ?? files.get(main);
  if (file === undefined) return [];
  return [
    {
      object: file.object,
      message: `${file.key}: ${said.replaceAll(root, "")}`,
      fix: correct(rendered, file),
    },
  ];
}

/** The variables of the container are looked at apart, since promtool does not have them. */
const ignored = /^Checking |SUCCESS|msg="Empty environment variable"/;

/** The lines of promtool's output that say what is wrong, errors before what it only warns of. */
function complaints(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !ignored.test(line));
  // What follows an error in deeper lines belongs to it.
  const first = lines.findIndex((line) => /FAILED/.test(line));
  const ordered = first < 0 ? lines : [...lines.slice(first), ...lines.slice(0, first)];
  const texts = ordered.map((line) => line.replace(/^\s*FAILED:/, "").trim());
  return texts
    .filter((text) => text !== "")
    .join("; ")
    .replaceAll(":; ", ": ");
}
