import { rm, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { type Ports, proofOfConcept, usualPorts } from "../../../generators/bare-metal/proof-of-concept.js";
import { textOf } from "../../../generators/lib/base-and-component.js";
import { aligned } from "../aligned.js";
import { Failure } from "../failure.js";
import { step } from "../progress.js";
import { product, root } from "../project.js";
import { type ActiveTarget, prometheusAt } from "../prometheus.js";
import { projectSettings } from "../settings.js";
import { toolchain } from "../toolchain/index.js";
import { waitFor } from "../wait.js";
import { chart } from "./chart.js";
import { temporaryFolder } from "./folder.js";
import { type CoreLoad, load, loadQuery } from "./load.js";
import { onOrphaned } from "./parents.js";
import { type Program, start } from "./program.js";

/** How the proof of concept is run. */
export interface Options {
  readonly ports: Ports;
  /** End as soon as both targets are UP and the cores have a first load, with everything printed once. */
  readonly once: boolean;
  /** Keep one core busy meanwhile. */
  readonly load: boolean;
}

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const barSeconds = 5;

/**
 * Runs Prometheus and node-exporter on loopback, shows that both are scraped, and draws the load of the cores until
 * someone ends it. However it ends, both programs and their data are gone afterwards.
 */
export async function poc({ ports, once, load: withLoad }: Options): Promise<void> {
  const prometheus = await toolchain.tool("prometheus");
  const nodeExporter = await toolchain.tool("node_exporter");
  const over = new AbortController();
  const end = (reason: unknown) => over.abort(reason);
  for (const signal of endings) process.on(signal, end);
  // Nobody reads the output any more.
  process.stdout.on("error", () => end("SIGHUP"));
  onOrphaned(() => end("SIGHUP"));
  const folder = await temporaryFolder();
  const programs: Program[] = [];
  const run = (name: string, command: string, args: readonly string[], cwd = folder) =>
    programs.push(start(name, command, args, cwd, end));
  try {
    const config = await configFile(ports, folder);
    run("node-exporter", nodeExporter, [`--web.listen-address=127.0.0.1:${ports.nodeExporter}`]);
    run("Prometheus", prometheus, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    ]);
    if (withLoad) run("the load", process.execPath, ["--import", "tsx", fibonacci], product);
    await show(`http://127.0.0.1:${ports.prometheus}`, config, once, over.signal);
  } catch (error) {
    if (!over.signal.aborted) throw error;
    const { reason } = over.signal;
    const signal = endings.find((name) => name === reason);
    if (signal === undefined) throw reason;
    // Ctrl-C is how it is meant to end, unless it was still to answer something.
    process.exitCode = signal === "SIGINT" && !once ? 0 : 128 + constants.signals[signal];
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

const fibonacci = fileURLToPath(new URL("fibonacci.ts", import.meta.url));

/** The committed file as it is; for other ports than its own, what the same generator gives for those. */
async function configFile(ports: Ports, folder: string): Promise<string> {
  const file = proofOfConcept(projectSettings(), ports);
  if (isDeepStrictEqual(ports, usualPorts(projectSettings()))) return join(root, "base/bare-metal", file.name);
  const path = join(folder, file.name);
  await writeFile(path, textOf(file));
  return path;
}

async function show(address: string, config: string, once: boolean, signal: AbortSignal): Promise<void> {
  const scraped = await step(`waiting for both targets, scraped every ${projectSettings().scrape.interval}`, () =>
    bothUp(address, signal),
  );
  const graph = new URLSearchParams({ "g0.expr": loadQuery, "g0.tab": "graph", "g0.range_input": "15m" });
  console.log(`
${table(scraped)}

config   ${relative(process.cwd(), config)}
targets  ${address}/targets
load     ${address}/query?${graph}
query    ${loadQuery}
`);
  const first = await step("waiting for the first load, which takes two scrapes", () => anyLoad(address, signal));
  console.log(`load of each core, ${barSeconds} s a bar${once ? "" : "; Ctrl-C ends it"}`);
  console.log(drawn(first));
  if (once) return;
  let before = first;
  for (;;) {
    await sleep(barSeconds * 1000, undefined, { signal });
    if (!process.stdout.isTTY) continue;
    const height = drawn(before).split("\n").length;
    before = await load(address, bars(), barSeconds).catch(() => before);
    process.stdout.write(`\x1b[${height}A\x1b[J${drawn(before)}\n`);
  }
}

async function bothUp(address: string, signal: AbortSignal): Promise<readonly ActiveTarget[]> {
  let seen: readonly ActiveTarget[] = [];
  const both = async () => {
    seen = await prometheusAt(address)
      .targets()
      .catch(() => []);
    return seen.length === 2 && seen.every(({ health }) => health === "up") && seen;
  };
  const otherwise = () => new Failure(`after two minutes Prometheus has not both targets UP:\n${table(seen)}`);
  return await waitFor(both, { seconds: 120, signal, otherwise });
}

async function anyLoad(address: string, signal: AbortSignal): Promise<readonly CoreLoad[]> {
  const some = async () => {
    const cores = await load(address, bars(), barSeconds).catch(() => []);
    return cores.some(({ values }) => values.at(-1) !== undefined) && cores;
  };
  const otherwise = () =>
    new Failure("after two minutes node-exporter has given no load of any core", `look at the query ${loadQuery}`);
  return await waitFor(some, { seconds: 120, signal, otherwise });
}

function bars(): number {
  return Math.max(10, Math.min(60, (process.stdout.columns ?? 80) - 20));
}

function drawn(cores: readonly CoreLoad[]): string {
  return chart(cores, process.stdout.isTTY ? process.stdout.rows - 2 : cores.length);
}

function table(shown: readonly ActiveTarget[]): string {
  const rows = shown.map(({ scrapePool, scrapeUrl, health, lastError }) => [
    scrapePool,
    scrapeUrl,
    health.toUpperCase(),
    lastError,
  ]);
  return aligned([["job", "target", "health", ""], ...rows]);
}
