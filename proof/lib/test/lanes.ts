import { chalk } from "zx";
import { cluster } from "../../../scripts/lib/cluster/index.js";
import { nameVariable, placeOf } from "../../../scripts/lib/cluster/layout.js";
import { duration } from "../../../scripts/lib/progress.js";
import { type Count, runUvuAside, sum } from "./uvu.js";

/** Live tests that run one after the other beside other lanes, and share the cluster of the lane's name where they fit. */
interface Lane {
  /** Undefined for the lane whose cluster has no name, as most people's has none. */
  readonly cluster: string | undefined;
  readonly files: readonly LiveFile[];
}

interface LiveFile {
  /** Without folder and ending. */
  readonly name: string;
  /** About how long it takes beside the other lanes and the tests of the build, on two cores with everything built. */
  readonly seconds: number;
}

/** Every live test, in the order in which neighbours take over each other's cluster. */
export const lanes: readonly Lane[] = [
  {
    cluster: undefined,
    files: [
      { name: "devbox", seconds: 175 },
      { name: "web-ui", seconds: 115 },
      { name: "report", seconds: 35 },
      { name: "queries", seconds: 220 },
      { name: "runbooks", seconds: 45 },
      { name: "odd-nodes", seconds: 130 },
      { name: "basic-auth", seconds: 60 },
      { name: "recipes", seconds: 135 },
      { name: "workloads", seconds: 165 },
      { name: "docs", seconds: 125 },
      { name: "alerts", seconds: 280 },
      { name: "lifecycle", seconds: 200 },
    ],
  },
  {
    cluster: "prod",
    files: [
      { name: "prod", seconds: 290 },
      { name: "quiet", seconds: 245 },
      // Its queries must not fail because others have the cores: late, when the tests of the build are nearly over.
      { name: "prod-reliability", seconds: 1030 },
      // prod-reliability leaves no cluster behind, and this one needs nothing of it.
      { name: "remote-write", seconds: 230 },
    ],
  },
  {
    cluster: "others",
    files: [
      { name: "own-repository", seconds: 105 },
      { name: "poc", seconds: 30 },
      { name: "outside", seconds: 215 },
      // Not in the lane of prod: prod-reliability leaves no cluster behind, and this lane has the time.
      { name: "prod-rbac", seconds: 180 },
      { name: "network-policies", seconds: 95 },
      { name: "platforms", seconds: 250 },
      { name: "kubernetes-versions", seconds: 20 },
      { name: "argo-cd", seconds: 120 },
      { name: "argo-cd-live", seconds: 210 },
      // Late, as it leaves no cluster behind.
      { name: "thanos", seconds: 360 },
      // It begins with a cluster of its own.
      { name: "sharded", seconds: 180 },
    ],
  },
];

/** The path of a live test, from the root of the project. */
export function fileOf({ name }: Pick<LiveFile, "name">): string {
  return `test/cluster/${name}.test.ts`;
}

/** How long a lane takes. */
export function secondsOf(files: readonly LiveFile[]): number {
  return files.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Runs the files of a lane, shows each one's output when it has ended, and says meanwhile where it is. */
export async function runLane({ cluster: name, files }: Lane): Promise<Count> {
  const title = name ?? "devbox";
  const counts: Count[] = [];
  try {
    for (const [index, file] of files.entries()) {
      const left = `about ${duration(file.seconds)}, the lane ${duration(secondsOf(files.slice(index)))}`;
      console.log(chalk.dim(`-- lane ${title}: ${file.name} (${index + 1} of ${files.length}), ${left}`));
      const began = Date.now();
      const count = await runUvuAside([fileOf(file)], { [nameVariable]: name });
      const result = count.failed === 0 ? chalk.green("green") : chalk.red("red");
      console.log(`-- lane ${title}: ${file.name} ${result} after ${duration((Date.now() - began) / 1000)}`);
      counts.push(count);
    }
  } finally {
    await cluster.stop(placeOf(name ?? null));
  }
  return sum(counts);
}
