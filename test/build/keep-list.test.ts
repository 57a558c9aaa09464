import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { keepListsOf } from "../../generators/components/lean.js";
import { defaults } from "../../generators/settings/index.js";
import { withConditional } from "../../metrics/catalogue/conditional.js";
import { catalogues } from "../../metrics/catalogue/index.js";
import { type KeepList, keeping } from "../../metrics/keep-list.js";
import { relabel } from "../../metrics/relabelling.js";
import { temporaryFolder } from "../../scripts/lib/poc/folder.js";
import { type Program, start } from "../../scripts/lib/poc/program.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { eventually } from "../cluster/lib/eventually.js";
import { freePort, listening } from "../lib/ports.js";

/*
 * The real Prometheus scrapes what the catalogues have, with the keep-lists of lean: it keeps what metrics/relabelling.ts
 * says that it keeps, and each list means the same where histograms are converted before.
 */

const jobs = ["kube-state-metrics", "kubernetes-apiservers", "cadvisor", "prometheus"];
const lists = keepListsOf(defaults);
const listOf = (job: string): KeepList => lists.get(job) ?? assert.fail(job);

type Labels = Readonly<Record<string, string>>;

/** Series of every metric of a job: each known value of each label once, and one without what may lack. */
function exposed(job: string): { readonly name: string; readonly labels: Labels; readonly histogram?: string }[] {
  return Object.entries(withConditional(job, catalogues.get(job) ?? {})).flatMap(([name, metric]) => {
    const { le: _, ...own } = metric.labels;
    const first = Object.fromEntries(Object.entries(own).map(([label, values]) => [label, values?.[0] ?? "some"]));
    const variants: Labels[] = [
      first,
      ...Object.entries(own).flatMap(([label, values]) =>
        (values ?? []).map((value) => ({ ...first, [label]: value })),
      ),
      ...(metric.optional ?? []).map((label) => ({ ...first, [label]: "" })),
    ].map((labels) => Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== "")));
    const different = [...new Map(variants.map((labels) => [JSON.stringify(labels), labels])).values()];
    if (metric.type !== "histogram") return different.map((labels) => ({ name, labels }));
    const bounds = metric.labels.le ?? ["1.0", "+Inf"];
    return different.flatMap((labels) => [
      ...bounds.map((le) => ({ name: `${name}_bucket`, labels: { ...labels, le }, histogram: name })),
      { name: `${name}_sum`, labels, histogram: name },
      { name: `${name}_count`, labels, histogram: name },
    ]);
  });
}

function exposition(job: string): string {
  let before = "";
  return exposed(job)
    .map(({ name, labels, histogram }) => {
      const type = histogram === undefined || histogram === before ? "" : `# TYPE ${histogram} histogram\n`;
      before = histogram ?? "";
      // Some programs write whole bounds without a fraction.
      const pairs = Object.entries(labels).map(
        ([label, value]) => `${label}=${JSON.stringify(value.replace(/\.0$/, ""))}`,
      );
      return `${type}${name}{${pairs.join(",")}} 1\n`;
    })
    .join("");
}

let folder: string;
let server: http.Server;
let program: Program;
let address: string;

test.before(async () => {
  server = http.createServer((request, response) =>
    response.setHeader("content-type", "text/plain; version=0.0.4").end(exposition(request.url?.slice(1) ?? "")),
  );
  const targets = [`127.0.0.1:${await listening(server)}`];
  folder = await temporaryFolder();
  const scrape_configs = jobs.flatMap((job) =>
    [false, true].map((convert) => ({
      job_name: convert ? `${job}-converted` : job,
      metrics_path: `/${job}`,
      static_configs: [{ targets }],
      ...(convert && { convert_classic_histograms_to_nhcb: true }),
      honor_labels: true,
      metric_relabel_configs: keeping(listOf(job)),
    })),
  );
  const global = { scrape_interval: "1s", scrape_timeout: "1s" };
  await writeFile(join(folder, "prometheus.yml"), stringify({ global, scrape_configs }));
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  const args = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", `--web.listen-address=127.0.0.1:${port}`];
  const failures: Error[] = [];
  program = start("Prometheus", await toolchain.tool("prometheus"), args, folder, (one) => failures.push(one));
  await eventually("every job to be up", async () => {
    if (failures[0] !== undefined) throw failures[0];
    const up = await series("up").catch(() => []);
    return up.length === 2 * jobs.length && (await values("sum(up)")) === 2 * jobs.length;
  });
});

test.after(async () => {
  await program?.stop();
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function asked<T>(path: string, parameters: Record<string, string>): Promise<T> {
  const answer = await fetch(`${address}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  return ((await answer.json()) as { data: T }).data;
}

const series = (selector: string) => asked<Labels[]>("series", { "match[]": selector });

async function values(query: string): Promise<number> {
  const { result } = await asked<{ result: { value: [number, string] }[] }>("query", { query });
  return Number(result[0]?.value[1]);
}

/** Series of a job as text, without what Prometheus adds. */
async function kept(job: string): Promise<string[]> {
  const all = await series(`{job="${job}", __name__!~"up|scrape_.+"}`);
  return all.map(({ job: _, instance: __, ...labels }) => texted(labels)).sort();
}

function texted(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort());
}

for (const job of jobs) {
  test(`Prometheus keeps of ${job} what the relabelling here says, and no label of its own`, async () => {
    const steps = keeping(listOf(job));
    const expected = exposed(job)
      .map(({ name, labels }) => ({ __name__: name, ...labels }))
      .filter((labels) => !("droppedBy" in relabel(new Map(Object.entries(labels)), steps)))
      .map(texted);
    assert.ok(expected.length > 20);
    assert.deepEqual(await kept(job), expected.sort());
  });

  test(`the list of ${job} keeps the same histograms where they are converted first`, async () => {
    const histograms = new Set(exposed(job).flatMap(({ histogram }) => histogram ?? []));
    const names = new Set((await series(`{job="${job}-converted"}`)).map(({ __name__ = "" }) => __name__));
    assert.deepEqual(
      [...histograms].filter((name) => names.has(name)),
      [...histograms].filter((name) => listOf(job).has(name)),
    );
    assert.deepEqual(
      [...histograms].flatMap((name) => [`${name}_bucket`, `${name}_count`]).filter((name) => names.has(name)),
      [],
    );
  });
}

test.run();
