import { chalk } from "zx";
import { aligned } from "../aligned.js";
import type { FieldChange } from "./fields.js";
import type { Upgrade, UpgradeReport } from "./index.js";
import type { PodsChange } from "./pods.js";
import type { Difference, MonitoringChange } from "./series.js";
import type { SettingChange } from "./settings.js";

/** How many of a list are shown; `--json` has all of them. */
const shown = 12;

/** A report as people read it: what they have to do first, then what will happen, then what they gain and lose. */
export function upgradeTable({ old, new: now, settings, copies, images, overlays, upgrades }: UpgradeReport): string {
  const short = ({ ref, hash }: { ref: string; hash: string }) => `${ref} (${hash.slice(0, 9)})`;
  return [
    `${short(old)} -> ${now === undefined ? "this folder" : short(now)}`,
    ...block(
      "versions",
      images.map((image) => [image.repository, image.old ?? "none", "->", image.new ?? "none"]),
    ),
    ...block(
      "settings",
      settings.map(({ name, what, old, new: now, isSet }) => [
        what === "new" ? chalk.green("+") : what === "gone" ? chalk.red("-") : chalk.yellow("~"),
        name,
        what === "default" ? `its default was ${old} and is ${now}` : settingsText[what],
        isSet ? "settings.yaml has it" : "",
      ]),
    ),
    ...block(
      "copies of files of base/",
      copies.map((line) => [line]),
    ),
    ...overlays.added.map((overlay) => `${chalk.green("+")} ${overlay} is new`),
    ...overlays.removed.map(
      (overlay) => `${chalk.red("-")} ${overlay} is gone: move to another one before the upgrade`,
    ),
    ...upgrades.map(upgradeText),
  ].join("\n\n");
}

function upgradeText({ overlay, objects, pods, permissions, connections, monitoring }: Upgrade): string {
  const refused = objects.changed.flatMap(({ object, refused }) =>
    refused === undefined ? [] : { object, ...refused },
  );
  const { jobs, series, alerts } = monitoring;
  const blocks = [
    ...block(
      chalk.red("delete first: the API server refuses these changes"),
      refused.flatMap(({ object, fields, cure }) => [
        [object, fields.join(", ")],
        ["", chalk.cyan(cure)],
      ]),
    ),
    ...block("objects", [
      ...objects.added.map((object) => [chalk.green("+"), object]),
      ...objects.removed.map((object) => [chalk.red("-"), object, "kubectl apply leaves it: delete it by hand"]),
      ...objects.changed.map((change) => [
        chalk.yellow("~"),
        change.renamed ?? change.object,
        some(change.fields.map(fieldText)),
      ]),
    ]),
    ...block(
      "pods",
      pods.map(({ object, what, why }) => [object, podsText[what], some(why)]),
    ),
    ...block(
      "what pods hold",
      pods.flatMap(({ object, data }) => data.map((said) => [object, said])),
    ),
    ...block("permissions", plusMinus(permissions)),
    ...block("connections that NetworkPolicies let through", plusMinus(connections)),
    ...block("jobs", [
      ...jobs.added.map((job) => [chalk.green("+"), job, countText(series.find(({ of }) => of === job)?.added)]),
      ...jobs.lost.map((job) => [chalk.red("-"), job, countText(series.find(({ of }) => of === job)?.lost)]),
    ]),
    ...block("series of the other jobs, and of rules", plusMinus(withoutJobs(series, jobs))),
    ...block("alerts", [...plusMinus(alerts), ...few(alerts.changed).map((name) => [chalk.yellow("~"), name])]),
  ];
  return [chalk.bold(overlay), ...(blocks.length === 0 ? ["  nothing changes"] : blocks)].join("\n");
}

const settingsText: Readonly<Record<Exclude<SettingChange["what"], "default">, string>> = {
  new: "is new",
  gone: "is gone",
  meaning: "is described otherwise, or takes other values: docs/settings.md",
};

const podsText: Readonly<Record<PodsChange["what"], string>> = {
  start: "start",
  stop: "stop, once the workload is deleted",
  restart: "restart, one after the other",
  scale: "are more or fewer",
  reload: "no restart: changed files are read in place",
  stale: "go on with the old until they restart",
};

function countText(series: readonly string[] = []): string {
  return series.length === 0 ? "nobody recorded its series" : `with ${series.length} series`;
}

/** What a job brings or takes along is no news beside the job itself. */
function withoutJobs(series: MonitoringChange["series"], jobs: Difference): Difference {
  const others = series.filter(({ of }) => !jobs.added.includes(of) && !jobs.lost.includes(of));
  return {
    added: others.flatMap(({ of, added }) => added.map((name) => `${of}: ${name}`)),
    lost: others.flatMap(({ of, lost }) => lost.map((name) => `${of}: ${name}`)),
  };
}

function block(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  return [
    [
      `  ${title}`,
      ...aligned(rows)
        .split("\n")
        .map((line) => `    ${line}`),
    ].join("\n"),
  ];
}

function plusMinus({
  added,
  lost,
}: {
  readonly added: readonly string[];
  readonly lost: readonly string[];
}): string[][] {
  return [...few(added).map((name) => [chalk.green("+"), name]), ...few(lost).map((name) => [chalk.red("-"), name])];
}

function few(names: readonly string[]): string[] {
  if (names.length <= shown) return [...names];
  return [...names.slice(0, shown), `and ${names.length - shown} more: --json has them`];
}

function some(names: readonly string[]): string {
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

/** With its values where they are short: those of a file are not. */
function fieldText({ path, ...change }: FieldChange): string {
  const values = [change.old, change.new].map((value) => (value === undefined ? "none" : JSON.stringify(value)));
  return values.every(({ length }) => length <= 60) ? `${path} ${values.join(" -> ")}` : path;
}
