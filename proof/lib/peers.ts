import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { which } from "zx";
import { type Candidate, median, type Run } from "./bench.js";

/** Another project that renders the monitoring of a cluster, and how to have it do so. */
interface Peer {
  readonly name: string;
  readonly program: string;
  /** What has to be in its folder before it can render, and the command that brings it. */
  readonly needs: { readonly path: string; readonly by: string };
  readonly args: readonly string[];
}

const peers = [
  {
    name: "kube-prometheus",
    program: "jsonnet",
    needs: { path: "vendor", by: "jb install" },
    args: ["-J", "vendor", "example.jsonnet"],
  },
  {
    name: "kube-prometheus-stack",
    program: "helm",
    needs: { path: "charts", by: "helm dependency build" },
    args: ["template", "bench", "."],
  },
] as const satisfies readonly Peer[];

/** Folders of the peers, by their names. */
type Folders = Readonly<Partial<Record<(typeof peers)[number]["name"], string>>>;

/** The peers that can render on this machine, and for each of the others why it cannot. */
export async function presentPeers(
  folders: Folders,
  path = process.env.PATH,
): Promise<{ readonly present: readonly Candidate[]; readonly absent: readonly string[] }> {
  const looked = await Promise.all(
    peers.map(async ({ name, program, needs, args }): Promise<Candidate | string> => {
      const folder = folders[name];
      if (folder === undefined) return `${name} is not compared: name a checkout of it by --${name} FOLDER`;
      if (!existsSync(resolve(folder, needs.path))) {
        return `${name} is not compared: ${folder} has no ${needs.path}/, which ${needs.by} brings`;
      }
      const found = await which(program, { nothrow: true, ...(path !== undefined && { path }) });
      if (found === null) return `${name} is not compared: there is no ${program} in PATH`;
      return { name, command: [found, ...args], cwd: resolve(folder) };
    }),
  );
  return {
    present: looked.filter((one) => typeof one !== "string"),
    absent: looked.filter((one) => typeof one === "string"),
  };
}

/** How much longer each peer takes than the reference, in wall time: one line each. */
export function ratios(
  runs: ReadonlyMap<string, readonly Run[]>,
  present: readonly Candidate[],
  reference: string,
): string[] {
  const wall = (name: string) => median((runs.get(name) ?? []).map((run) => run.wall));
  return present.map(
    ({ name }) => `${name} takes ${(wall(name) / wall(reference)).toFixed(1)} times as long as ${reference}`,
  );
}
