import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import type { Failure } from "../../../scripts/lib/failure.js";
import { freePort } from "../../../scripts/lib/poc/ports.js";
import { type Program, start } from "../../../scripts/lib/poc/program.js";
import { prometheusAt } from "../../../scripts/lib/prometheus.js";
import { toolchain } from "../../../scripts/lib/toolchain/index.js";
import { median } from "../bench.js";
import { look } from "../bench-cost/contest.js";
import type { Contestant } from "./contestants.js";
import type { Form, Point } from "./figures.js";
import { jobsOfNodes } from "./jobs-of-nodes.js";

/** Some Prometheus that are measured together, since they share the targets: one, or all shards. */
export interface Team {
  readonly form: Form;
  readonly members: readonly Contestant[];
  /** Process and address of its kube-state-metrics. */
  readonly exporter: { readonly pid: number | undefined; readonly address: string };
}

interface Running {
  readonly address: string;
  readonly pid: number | undefined;
  readonly folder: string;
  readonly memory: number[];
}

/** What a snapshot of the head says of blocks. */
interface Block {
  readonly samples: number;
  readonly series: number;
  readonly chunks: number;
  readonly index: number;
}

const warmUp = 60;

/**
 * Measures teams side by side on the same targets.
 *
 * @param at - told what goes on
 */
export async function measureTeams(
  teams: readonly Team[],
  nodes: number,
  seconds: number,
  folder: string,
  at: (detail: string) => void,
): Promise<readonly Point[]> {
  const program = await toolchain.tool("prometheus");
  const programs: Program[] = [];
  let ended: Failure | undefined;
  try {
    const running = await Promise.all(
      teams.map(async ({ form, members }) =>
        Promise.all(
          members.map(async ({ config, groups }, shard): Promise<Running> => {
            const own = join(folder, `${form}-${shard}`);
            await mkdir(own);
            await writeFile(join(own, "rules.yml"), stringify({ groups }, { aliasDuplicateObjects: false }));
            const port = await freePort();
            const itself = { job_name: "prometheus", static_configs: [{ targets: [`127.0.0.1:${port}`] }] };
            const whole = { ...config, rule_files: ["rules.yml"], scrape_configs: [...config.scrape_configs, itself] };
            await writeFile(join(own, "prometheus.yml"), stringify(whole, { aliasDuplicateObjects: false }));
            const args = [
              "--config.file=prometheus.yml",
              "--storage.tsdb.path=data",
              "--web.enable-admin-api",
              `--web.listen-address=127.0.0.1:${port}`,
            ];
            const started = start(`${form} ${shard}`, program, args, own, (failure) => {
              ended = failure;
            });
            programs.push(started);
            return { pid: started.pid, address: `http://127.0.0.1:${port}`, folder: own, memory: [] };
          }),
        ),
      ),
    );
    const began = Date.now();
    const wait = async (end: number, each = async () => {}) => {
      for (; Date.now() < end; await sleep(5000)) {
        if (ended !== undefined) throw ended;
        await each();
      }
    };
    const found = running.map((): { discovered?: number; up?: number } => ({}));
    const whole = () => found.every(({ up }) => up !== undefined);
    at("waiting for every target");
    for (const end = began + 300_000; !whole() && Date.now() < end; await sleep(1000)) {
      if (ended !== undefined) throw ended;
      for (const [index, team] of running.entries()) {
        const state = found[index];
        if (state === undefined || state.up !== undefined) continue;
        const targets = await targetsOf(team);
        const passed = Math.round((Date.now() - began) / 1000);
        if (targets.length >= nodes * jobsOfNodes.length) state.discovered ??= passed;
        const up = targets.filter(({ health }) => health === "up").length;
        if (up >= nodes * jobsOfNodes.length) state.up = passed;
      }
    }
    at("getting warm");
    await wait(Date.now() + warmUp * 1000);
    const blocksBefore = await Promise.all(running.map((team) => Promise.all(team.map(snapshot))));
    const exporters = await Promise.all(teams.map(({ exporter }) => exporterLook(exporter)));
    // After the snapshots, which take time and a core by themselves.
    const before = await Promise.all(running.map((team) => Promise.all(team.map(look))));
    const measuring = Date.now();
    const end = measuring + seconds * 1000;
    await wait(end, async () => {
      at(`measuring, ${Math.round((end - Date.now()) / 1000)} s to go`);
      for (const one of running.flat()) one.memory.push(await residentOf(one.pid));
    });
    const took = (Date.now() - measuring) / 1000;
    const after = await Promise.all(running.map((team) => Promise.all(team.map(look))));
    const exportersAfter = await Promise.all(teams.map(({ exporter }) => exporterLook(exporter)));
    const targets = await Promise.all(running.map(targetsOf));
    const blocks = await Promise.all(running.map((team) => Promise.all(team.map(snapshot))));
    return teams.map(({ form }, index): Point => {
      const [first = [], last = []] = [before[index], after[index]];
      const [one, other] = [summed(blocksBefore[index] ?? []), summed(blocks[index] ?? [])];
      const grown = (of: (look: (typeof last)[number]) => number) => total(last, of) - total(first, of);
      const samples = grown(({ appended }) => appended);
      const perSample = (other.chunks - one.chunks) / (other.samples - one.samples);
      const [exporter, exporterAfter] = [exporters[index], exportersAfter[index]];
      const memories = (running[index] ?? []).map(({ memory }) => memory);
      return {
        form,
        nodes,
        date: new Date().toISOString().slice(0, 10),
        seconds: Math.round(took),
        series: total(last, ({ series }) => series),
        seriesOfLargest: Math.max(...last.map(({ series }) => series)),
        storedPerSecond: rounded(samples / took),
        memory: Math.max(...memories.map(median)),
        mostMemory: Math.max(...memories.flat()),
        cores: rounded(grown(({ cpu }) => cpu) / took),
        discovered: found[index]?.discovered ?? null,
        up: found[index]?.up ?? null,
        walBytesPerSample: rounded(grown(({ wal }) => wal) / samples),
        blockBytesPerSample: rounded(perSample),
        blockBytesPerSeries: rounded((other.index + other.chunks - perSample * other.samples) / other.series),
        upRatio: rounded(
          (targets[index] ?? []).filter(({ health }) => health === "up").length / (nodes * jobsOfNodes.length),
        ),
        exporterMemory: exporterAfter?.memory ?? Number.NaN,
        exporterCores: rounded(((exporterAfter?.cpu ?? 0) - (exporter?.cpu ?? 0)) / took),
        exporterSamples: exporterAfter?.samples ?? Number.NaN,
      };
    });
  } finally {
    await Promise.all(programs.map((one) => one.stop()));
  }
}

function total<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((all, item) => all + of(item), 0);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function summed(blocks: readonly Block[]): Block {
  const of = (field: keyof Block) => total(blocks, (block) => block[field]);
  return { samples: of("samples"), series: of("series"), chunks: of("chunks"), index: of("index") };
}

async function targetsOf(team: readonly Running[]) {
  const all = await Promise.all(
    team.map(({ address }) =>
      prometheusAt(address, { seconds: 120 })
        .targets()
        .catch(() => []),
    ),
  );
  return all.flat().filter(({ scrapePool }) => jobsOfNodes.includes(scrapePool));
}

async function residentOf(pid: number | undefined): Promise<number> {
  return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]);
}

/** Has the head written as a block, and says how large that is. */
async function snapshot({ address, folder }: Running): Promise<Block> {
  const answer = await fetch(`${address}/api/v1/admin/tsdb/snapshot`, {
    method: "POST",
    signal: AbortSignal.timeout(300_000),
  });
  const { data } = (await answer.json()) as { data: { name: string } };
  const snapshots = join(folder, "data/snapshots", data.name);
  const [block = ""] = await readdir(snapshots);
  const { stats } = JSON.parse(await readFile(join(snapshots, block, "meta.json"), "utf8")) as {
    stats: { numSamples: number; numSeries: number };
  };
  const sizeOf = async (file: string) => (await stat(join(snapshots, block, file))).size;
  const chunks = await Promise.all(
    (await readdir(join(snapshots, block, "chunks"))).map((file) => sizeOf(join("chunks", file))),
  );
  return {
    samples: stats.numSamples,
    series: stats.numSeries,
    chunks: total(chunks, (size) => size),
    index: await sizeOf("index"),
  };
}

async function exporterLook({ pid, address }: Team["exporter"]) {
  const [, user = 0, system = 0] =
    /\) (?:\S+ ){11}(\d+) (\d+)/.exec(await readFile(`/proc/${pid}/stat`, "utf8"))?.map(Number) ?? [];
  const text = await (await fetch(`http://${address}/metrics`)).text();
  return {
    // Of Linux: a hundredth of a second each, on every architecture.
    cpu: (user + system) / 100,
    memory: await residentOf(pid),
    samples: text.match(/^[^#\n]/gm)?.length ?? 0,
  };
}
