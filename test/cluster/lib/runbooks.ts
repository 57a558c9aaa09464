import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Cluster } from "../../../scripts/lib/cluster/index.js";
import { initOf, runInside } from "../../../scripts/lib/cluster/node.js";
import { type Kubectl, kubectlCommand } from "../../../scripts/lib/kubectl.js";
import { root } from "../../../scripts/lib/project.js";
import { type Commands, commandsOf } from "../../lib/commands.js";
import { bash } from "../../lib/run-commands.js";
import { withExamples } from "./runbook-examples.js";

type Values = Readonly<Record<string, string>>;

/** Where an overlay puts what the runbooks speak of, and its folder below overlays/. */
export interface Place {
  readonly overlay: string;
  readonly monitoring: string;
  readonly nodeExporter: string;
}

export const places: Readonly<Record<"devbox" | "prod", Place>> = {
  devbox: { overlay: "devbox", monitoring: "monitoring-system", nodeExporter: "monitoring-system" },
  prod: { overlay: "prod", monitoring: "monitoring", nodeExporter: "monitoring-node-exporter" },
};

/** How many commands run at once. They wait for the API server most of the time. */
const width = 6;

/**
 * Runs every command of the runbooks on a cluster with that overlay, with the placeholders filled from it, and leaves
 * everything as it was: what would change something is only tried (`--dry-run=server`).
 *
 * @throws Error that says of each that failed where it stands, what was run and what came.
 */
export async function runRunbooks(cluster: Cluster, place: Place): Promise<void> {
  const [node] = cluster.nodes;
  if (node === undefined) throw new Error("a cluster without nodes");
  const environment = {
    KUBECONFIG: cluster.layout.kubeconfig,
    PATH: [dirname(await kubectlCommand()), process.env.PATH].join(":"),
    // kubectl edit: what is left as it was is an edit that changes nothing.
    EDITOR: "true",
  };
  // The node's network has no other program at the ports that kubectl forwards.
  const inside = ["timeout", "60", "nsenter", `--net=/proc/${await initOf(node)}/ns/net`];
  const common = await commonValues(cluster.kubectl, place, node.name);
  await withExamples(cluster.kubectl, async (examples) => {
    const run = async (commands: Commands): Promise<string[]> => {
      try {
        const own = await valuesOf(commands, cluster.kubectl, place);
        const text = fill(commands.text, { ...examples, ...common, ...own });
        const script = `${shell}\n${text}`;
        const printed =
          commands.how.where === "node"
            ? await runInside(node, ["bash", "-c", script])
            : await bash(script, { ...commands, inside, environment, cwd: root });
        // A list of everything may be empty. What a label selects is there, or the label is wrong.
        const lists = text
          .trim()
          .split("\n")
          .filter((line) => !/ (-l|--selector)\b/.test(line)).length;
        const empty = [...printed.matchAll(/^No resources found/gm)].length;
        return empty > lists ? [`${commands.document}:${commands.line} finds nothing:\n${text}`] : [];
      } catch (error) {
        const message = error instanceof Error ? error.message : `${error}`;
        // A container that never ended has no log before this one, and says so.
        return /--previous/.test(commands.text) && /previous terminated container .* not found/.test(message)
          ? []
          : [message];
      }
    };
    const all = (await runbookCommands()).filter(({ how }) => how.where !== "nowhere");
    if (all.length < 150) throw new Error(`only ${all.length} commands were found`);
    const alone = all.filter(({ text }) => text.includes("port-forward"));
    const rest = all.filter((commands) => !alone.includes(commands));
    // Two that forward to one port are not run at once.
    const lanes = [alone, ...Array.from({ length: width - 1 }, () => rest)];
    const failures: string[] = [];
    await Promise.all(
      lanes.map(async (lane) => {
        for (let next = lane.shift(); next !== undefined; next = lane.shift()) failures.push(...(await run(next)));
      }),
    );
    if (failures.length > 0) throw new Error(failures.join("\n\n"));
  });
}

/** grep that finds nothing has looked, too; and who reads no further than the first lines is no reason for the writer to fail. */
const shell = `set -e -o pipefail
grep() { command grep "$@" || [ $? = 1 ]; }
head() { command head "$@"; cat >/dev/null; }`;

/** The commands of every runbook: its blocks, and what its text says to run. */
export async function runbookCommands(): Promise<Commands[]> {
  const folder = "docs/runbooks";
  const files = (await readdir(join(root, folder))).filter((file) => file !== "README.md");
  const all = files.map(async (file) => {
    const text = await readFile(join(root, folder, file), "utf8");
    return [...commandsOf(`${folder}/${file}`, text), ...inlineCommands(`${folder}/${file}`, text)];
  });
  return (await Promise.all(all)).flat();
}

/** A command within a sentence, with `<!-- not run: REASON -->` right after it where it is not run. */
function inlineCommands(document: string, text: string): Commands[] {
  return text.split("\n").flatMap((line, index) =>
    [...line.matchAll(/`(kubectl [^`]+ [^`]+)`(?:\W*<!-- not run: (.+?) -->)?/g)].map(
      ([, command = "", reason]): Commands => ({
        document,
        line: index + 1,
        text: tried(command),
        how: reason === undefined ? { where: "anywhere" } : { where: "nowhere", reason },
        output: undefined,
      }),
    ),
  );
}

const changes = / (delete|drain|cordon|uncordon|scale|taint|patch|create|apply|rollout undo) /;

function tried(command: string): string {
  return changes.test(command) ? `${command} --dry-run=server` : command;
}

function fill(text: string, values: Values): string {
  return text.replace(/<([a-z][a-z_-]*)>/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nothing is there for ${placeholder} in:\n${text}`);
    return value;
  });
}

async function commonValues(
  kubectl: Kubectl,
  { overlay, monitoring, nodeExporter }: Place,
  node: string,
): Promise<Values> {
  const address = "-o=jsonpath={.subsets[0].addresses[0].ip} {.subsets[0].ports[0].port}";
  const [host = "", port = ""] = (await kubectl.text(["get", "endpoints", "kubernetes", address])).split(" ");
  return { overlay, monitoring, "node-exporter": nodeExporter, node, host, port, service: "prometheus", device: "lo" };
}

/** What stands for the placeholders of one runbook: an alert about a part of the stack names a pod of that. */
async function valuesOf({ document }: Commands, kubectl: Kubectl, { monitoring }: Place): Promise<Values> {
  const podOf = (namespace: string, selector: string) =>
    kubectl.text([
      "get",
      "pods",
      `--namespace=${namespace}`,
      `-l=${selector}`,
      "-o=jsonpath={.items[0].metadata.name}",
    ]);
  const part = /\/(Prometheus|Alertmanager|InfoInhibitor|CoreDNS)/.exec(document)?.[1];
  if (part === undefined) return {};
  if (part === "CoreDNS") return { pod: await podOf("kube-system", "k8s-app=kube-dns") };
  const app = part === "Prometheus" ? "prometheus" : "alertmanager";
  return { namespace: monitoring, pod: await podOf(monitoring, `app.kubernetes.io/name=${app}`), port: "9090" };
}
