import { access, constants, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { bundleOf } from "../../bundle/index.js";
import { Failure } from "../../failure.js";
import { htmlPage } from "../../html-page.js";
import type { Kubectl } from "../../kubectl.js";
import { escaped } from "../../markup.js";
import { bytes, count } from "../../numbers.js";
import { product } from "../../project.js";
import { prometheusAt, prometheusInPod } from "../../prometheus.js";
import { render } from "../../render.js";
import { problemsOf, type Report } from "../report.js";
import { cost } from "./cost.js";
import { type Figures, figuresOf } from "./figures.js";
import { nodes } from "./nodes.js";
import { firingAlerts, rules } from "./rules.js";
import { problems, targets } from "./targets.js";

/**
 * Sees that a page can be written, before anybody waits for what it says.
 *
 * @throws Failure when it is a folder, or when its folder is not there or takes no files.
 */
export async function requireWritable(
  file: string,
  option = "--report",
  right = "npm run verify -- OVERLAY --report report.html",
): Promise<void> {
  const folder = dirname(resolve(file));
  const there = await stat(file).catch(() => undefined);
  if (there?.isDirectory()) throw new Failure(`${option} ${file} is a folder`, right);
  await access(there === undefined ? folder : file, constants.W_OK).catch(() => {
    throw new Failure(`${option} ${file}: ${there === undefined ? folder : file} is not there or not writable`, right);
  });
}

/**
 * Writes a report as one HTML page: targets, each node's load, rules and cost. It loads nothing from anywhere. The
 * figures are those of the first Prometheus that is ready; without one, or with an agent, the page has what is wrong and no figures.
 *
 * @param address of a Prometheus outside of the cluster; absent: one in it
 */
export async function writePage(file: string, report: Report, kubectl: Kubectl, address?: string): Promise<void> {
  const pod = report.replicas[0]?.pod;
  const now = Math.floor(Date.now() / 1000);
  const api = async (pod: string) => {
    if (address !== undefined) return prometheusAt(address);
    const { prometheus } = bundleOf(await render(report.overlay), kubectl.lacks);
    return prometheus.isAgent ? undefined : prometheusInPod(kubectl, prometheus.namespace, pod, prometheus.port);
  };
  const asked = pod === undefined ? undefined : await api(pod);
  const figures = asked === undefined ? undefined : await figuresOf(asked, now);
  await writeFile(file, page(report, figures, now, await readFile(style, "utf8")));
}

/** The style sheet of every page. */
export const style = join(product, "scripts/lib/verify/page/page.css");

/** The page of a report. `now` is in seconds since 1970. */
export function page(report: Report, figures: Figures | undefined, now: number, css: string): string {
  const from = figures === undefined || report.replicas.length < 2 ? "" : `; figures of ${escaped(figures.pod)}`;
  const left = report.leftOut.map(({ object, image }) => `left out: ${object}, as ${image} cannot be had here`);
  const main = `${tiles(report, figures)}
${left.map((line) => `<p class="quiet">${escaped(line)}</p>`).join("\n")}
${problems(report)}
${figures === undefined ? "" : nodes(figures)}
${targets(report, figures)}
${figures === undefined ? "" : cost(figures, report.bill) + rules(figures)}`;
  const says = report.ok ? "all hold" : "does not hold";
  return htmlPage({ overlay: report.overlay, says, now, by: `<code>npm run verify</code>${from}`, css, main });
}

/** What one wants to know first. */
function tiles(report: Report, figures: Figures | undefined): string {
  const wrong = problemsOf(report).length;
  const jobs = report.replicas.flatMap((replica) => replica.jobs);
  const up = jobs.reduce((all, job) => all + job.up, 0);
  const expected = jobs.reduce((all, job) => all + (job.expected ?? job.up), 0);
  const verdict = report.ok ? "all hold" : `${wrong} ${wrong === 1 ? "problem" : "problems"}`;
  const all = [
    tile(verdict, report.replicas.length === 0 ? "no Prometheus is ready" : "verdict", report.ok ? "good" : "bad"),
    tile(`${count(up)} / ${count(expected)}`, "targets up"),
    tile(count(new Set(jobs.map(({ job }) => job)).size), "jobs"),
    ...(figures === undefined ? [] : figureTiles(figures)),
  ];
  return `<div class="tiles">${all.join("")}</div>`;
}

function figureTiles({ costs, groups, headSeries, memoryBytes }: Figures): string[] {
  const perSecond = costs.reduce((all, one) => all + one.samplesPerSecond, 0);
  // The Watchdog always fires, and the inhibitor is about alerts, not about the cluster.
  const alerts = firingAlerts(groups).filter(({ labels }) => labels.severity !== "none");
  return [
    ...(headSeries === undefined ? [] : [tile(count(headSeries), "series in memory")]),
    tile(count(perSecond), "samples a second"),
    ...(memoryBytes === undefined ? [] : [tile(bytes(memoryBytes), "Prometheus' memory")]),
    tile(
      count(alerts.length),
      alerts.length === 1 ? "alert fires" : "alerts fire",
      alerts.length === 0 ? "good" : "bad",
    ),
  ];
}

function tile(value: string, what: string, kind?: "good" | "bad"): string {
  return `<div class="tile${kind ? ` ${kind}` : ""}"><b>${escaped(value)}</b><span>${escaped(what)}</span></div>`;
}
