import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { $ } from "zx";
import type { Node } from "../../../scripts/lib/cluster/layout.js";
import { runInside } from "../../../scripts/lib/cluster/node.js";
import { toolchain } from "../../../scripts/lib/toolchain/index.js";

/** A finished block of samples of a day long gone, and the moment that its samples are of. */
export interface Block {
  readonly time: number;
  readonly series: number;
}

/** Series of a block: with the length of their labels, which its index has twice, they make 15 MB of it. */
const series = 8_000;
const labelBytes = 900;

/** So far apart that Prometheus has no reason to merge two of them. */
const apartSeconds = 3 * 24 * 3600;

/**
 * Puts finished blocks of 15 MB each into a replica's volume, as if Prometheus had written them long ago; it loads
 * what it finds within a minute.
 *
 * @param volume - the volume's folder inside the node.
 * @param ages - of each block, in steps of three days.
 * @param now - what they are counted from, in seconds: the same for replicas whose blocks are to be alike.
 */
export async function putBlocks(node: Node, volume: string, ages: readonly number[], now: number): Promise<Block[]> {
  const promtool = await toolchain.tool("promtool");
  const scratch = await mkdtemp(join(tmpdir(), "plain-prometheus-blocks-"));
  const handover = join(node.state, basename(scratch));
  const blocks: Block[] = [];
  try {
    await mkdir(handover);
    for (const age of ages) {
      const time = now - age * apartSeconds;
      const file = join(scratch, "samples");
      await writeFile(file, openMetrics(time));
      await $({ quiet: true })`${promtool} tsdb create-blocks-from openmetrics ${file} ${handover}`;
      blocks.push({ time, series });
    }
    // Whole or not at all: Prometheus may look at any moment.
    const move = `chown -R 65534:65534 "$1" && cp -a "$1" "$2/.new" && mv "$2"/.new/* "$2" && rmdir "$2/.new"`;
    await runInside(node, ["sh", "-c", move, "sh", handover, volume]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await rm(handover, { recursive: true, force: true });
  }
  return blocks;
}

/** Counts the series of a block. */
export const seriesOfBlock = "count(filler)";

/** Random labels, which do not compress. Source: https://prometheus.io/docs/specs/om/open_metrics_spec/ */
function openMetrics(time: number): string {
  const lines = Array.from({ length: series }, (_, index) => {
    const noise = randomBytes((labelBytes * 3) / 4).toString("base64");
    return `filler{index="${index}",noise="${noise}"} 1 ${time}`;
  });
  return `# TYPE filler gauge\n${lines.join("\n")}\n# EOF\n`;
}
