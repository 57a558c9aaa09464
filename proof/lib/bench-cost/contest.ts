import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { bill, type Measured } from "../../../scripts/lib/cost/bill.js";
import { measure } from "../../../scripts/lib/cost/measure.js";
import type { Query } from "../../../scripts/lib/cost/queries.js";
import type { Failure } from "../../../scripts/lib/failure.js";
import { freePort } from "../../../scripts/lib/poc/ports.js";
import { type Program, start } from "../../../scripts/lib/poc/program.js";
import { type PrometheusApi, prometheusAt } from "../../../scripts/lib/prometheus.js";
import { toolchain } from "../../../scripts/lib/toolchain/index.js";
import { median } from "../bench.js";

/** A Prometheus whose cost is taken. */
export interface Contestant {
  readonly name: string;
  /** Its configuration, without rules. */
  readonly config: { readonly global?: object; readonly scrape_configs?: readonly Readonly<Record<string, unknown>>[] };
  readonly groups: readonly unknown[];
  /** What reads its series: empty where that is not known. */
  readonly queries: readonly Query[];
}

/** What one took. */
export interface Cost {
  readonly name: string;
  readonly headSeries: number;
  /** NaN where it is not known what is read. */
  readonly wasteByName: number;
  readonly wasteBySelector: number;
  readonly appendedPerSecond: number;
  /** Resident bytes above those of a Prometheus without targets, the median of the run. */
  readonly memoryAboveEmpty: number;
  readonly walBytesPerSecond: number;
  /** Of the whole run. */
  readonly ruleSeconds: number;
  /** Uncompressed. */
  readonly scrapedBytesPerSecond: number;
  /** All that its process reads, which are compressed answers, and encryption where a target has it. */
  readonly wireBytesPerSecond: number;
  readonly cpuSeconds: number;
}

interface Running {
  readonly contestant: Contestant;
  readonly address: string;
  readonly pid: number | undefined;
  readonly folder: string;
  readonly memory: number[];
}

/**
 * Runs all of them side by side on loopback, and with them one without targets.
 *
 * @param seconds - how long is measured, after a minute in which all get warm
 * @param atEnd - called while all are still there, with how to ask each by its name
 * @throws Failure when one of them ends by itself.
 */
export async function contest<T>(
  contestants: readonly Contestant[],
  folder: string,
  seconds: number,
  atEnd: (apis: ReadonlyMap<string, PrometheusApi>) => Promise<T>,
): Promise<{ readonly costs: readonly Cost[]; readonly seen: T }> {
  const program = await toolchain.tool("prometheus");
  const empty: Contestant = { name: "empty", config: {}, groups: [], queries: [] };
  const programs: Program[] = [];
  let ended: Failure | undefined;
  try {
    const running: Running[] = [];
    for (const contestant of [empty, ...contestants]) {
      const own = join(folder, `${running.length}`);
      await mkdir(own);
      await writeFile(
        join(own, "rules.yml"),
        stringify({ groups: contestant.groups }, { aliasDuplicateObjects: false }),
      );
      const config = { ...contestant.config, rule_files: ["rules.yml"] };
      await writeFile(join(own, "prometheus.yml"), stringify(config, { aliasDuplicateObjects: false }));
      const port = await freePort();
      const args = [
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        `--web.listen-address=127.0.0.1:${port}`,
      ];
      const started = start(contestant.name, program, args, own, (failure) => {
        ended = failure;
      });
      programs.push(started);
      running.push({ contestant, pid: started.pid, address: `http://127.0.0.1:${port}`, folder: own, memory: [] });
    }
    const wait = async (milliseconds: number, each = async () => {}) => {
      for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(5000)) {
        if (ended !== undefined) throw ended;
        await each();
      }
    };
    await wait(60_000);
    const before = await Promise.all(running.map(look));
    const began = Date.now();
    await wait(seconds * 1000, async () => {
      for (const one of running) one.memory.push((await look(one)).memory);
    });
    const after = await Promise.all(running.map(look));
    const took = (Date.now() - began) / 1000;
    const nothing = median(running[0]?.memory ?? []);
    const costs: Cost[] = [];
    for (const [index, one] of running.entries()) {
      const [first, last] = [before[index], after[index]];
      if (first === undefined || last === undefined || one.contestant === empty) continue;
      const { name, queries } = one.contestant;
      const measured = await measure(prometheusAt(one.address, { seconds: 120 }), queries);
      const { waste } = bill(measured, queries);
      costs.push({
        name,
        headSeries: last.series,
        wasteByName: queries.length === 0 ? Number.NaN : waste.byName,
        wasteBySelector: queries.length === 0 ? Number.NaN : waste.bySelector,
        appendedPerSecond: (last.appended - first.appended) / took,
        memoryAboveEmpty: median(one.memory) - nothing,
        walBytesPerSecond: (last.wal - first.wal) / took,
        ruleSeconds: last.rules - first.rules,
        scrapedBytesPerSecond: scrapedPerSecond(measured),
        wireBytesPerSecond: (last.read - first.read) / took,
        cpuSeconds: last.cpu - first.cpu,
      });
    }
    const apis = running.map(
      ({ contestant: { name }, address }) => [name, prometheusAt(address, { seconds: 120 })] as const,
    );
    return { costs, seen: await atEnd(new Map(apis)) };
  } finally {
    await Promise.all(programs.map((one) => one.stop()));
  }
}

function scrapedPerSecond({ jobs }: Measured): number {
  return jobs.reduce((all, { bytes = 0, intervalSeconds }) => all + bytes / intervalSeconds, 0);
}

/** What a Prometheus says of itself, and its log on disk. */
export async function look({ address, pid, folder }: Pick<Running, "address" | "pid" | "folder">) {
  const text = await (await fetch(`${address}/metrics`)).text();
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))].reduce(
      (all, [, value]) => all + Number(value),
      0,
    );
  const wal = join(folder, "data/wal");
  const sizes = await Promise.all((await readdir(wal)).map(async (file) => (await stat(join(wal, file))).size));
  return {
    series: sum("prometheus_tsdb_head_series"),
    appended: sum("prometheus_tsdb_head_samples_appended_total"),
    memory: sum("process_resident_memory_bytes"),
    cpu: sum("process_cpu_seconds_total"),
    rules: sum("prometheus_rule_group_duration_seconds_sum"),
    wal: sizes.reduce((all, size) => all + size, 0),
    // What read(2) gave it: sockets above all, as Go reads them that way and Prometheus maps its blocks.
    read: Number(/^rchar: (\d+)$/m.exec(await readFile(`/proc/${pid}/io`, "utf8"))?.[1]),
  };
}
