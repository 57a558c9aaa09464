import { basename } from "node:path";
import { type Cell, htmlTable } from "../../html-table.js";
import { escaped } from "../../markup.js";
import { count, seconds } from "../../numbers.js";
import type { LiveRule, RuleGroup } from "../../prometheus.js";
import type { Figures } from "./figures.js";

const severities = ["critical", "warning", "info"];

/** Whether rules are evaluated, what that takes, and what fires. */
export function rules({ groups }: Figures): string {
  const header: Cell[] = [
    { html: "Group" },
    { html: "File" },
    { html: "Records", kind: "number" },
    { html: "Alerts", kind: "number" },
    { html: "Firing", kind: "number" },
    { html: "Took", kind: "number" },
  ];
  const failing = groups.flatMap(({ rules }) => rules.filter(({ health }) => health === "err"));
  const errors = failing.map(
    ({ name, lastError }) => `<li><b>${escaped(name)}</b><br>${escaped(lastError ?? "")}</li>`,
  );
  const broken = errors.length === 0 ? "" : `<ul class="problems">${errors.join("")}</ul>`;
  const kinds = groups.flatMap(({ rules }) => rules.map(({ type }) => type));
  const recording = kinds.filter((kind) => kind === "recording").length;
  const verdict =
    failing.length === 0 ? `<span class="good">all evaluate</span>` : `<span class="bad">${failing.length} fail</span>`;
  const health = `<p class="quiet">${count(recording)} record, ${count(kinds.length - recording)} alert; ${verdict}, which takes ${seconds(groups.reduce((all, { evaluationTime }) => all + evaluationTime, 0))} a round.</p>`;
  const table = htmlTable(header, groups.map(row));
  return `<h2>Rules</h2>${health}${broken}${firing(groups)}<details><summary>Each of ${groups.length} groups</summary>${table}</details>`;
}

/** Every alert that fires. */
export function firingAlerts(groups: readonly RuleGroup[]) {
  return groups.flatMap(({ rules }) =>
    rules.flatMap(({ name, alerts = [] }) =>
      alerts.filter(({ state }) => state === "firing").map((alert) => ({ name, ...alert })),
    ),
  );
}

function firing(groups: readonly RuleGroup[]): string {
  const rank = (severity = "") => (severities.includes(severity) ? severities.indexOf(severity) : severities.length);
  const all = firingAlerts(groups).sort((one, other) => rank(one.labels.severity) - rank(other.labels.severity));
  const rows = all.map(({ name, labels, annotations, activeAt }): Cell[] => {
    const serious = rank(labels.severity) < 2;
    return [
      { html: `<span class="dot ${serious ? "bad" : "good"}"></span>${escaped(name)}` },
      { html: escaped(labels.severity ?? "") },
      { html: escaped(annotations.summary ?? annotations.description ?? "") },
      { html: `${activeAt.slice(11, 16)} UTC`, kind: "number" },
    ];
  });
  return htmlTable(
    [{ html: "Firing" }, { html: "Severity" }, { html: "What" }, { html: "Since", kind: "number" }],
    rows,
  );
}

function row({ name, file, rules, evaluationTime }: RuleGroup): Cell[] {
  const of = (type: LiveRule["type"]) => rules.filter((rule) => rule.type === type);
  const healthy = rules.every(({ health }) => health !== "err");
  const fires = of("alerting").filter(({ alerts = [] }) => alerts.some(({ state }) => state === "firing")).length;
  return [
    { html: `<span class="dot ${healthy ? "good" : "bad"}"></span>${escaped(name)}` },
    { html: `<code>${escaped(basename(file))}</code>` },
    { html: count(of("recording").length), kind: "number" },
    { html: count(of("alerting").length), kind: "number" },
    { html: count(fires), kind: "number" },
    { html: seconds(evaluationTime), kind: "number" },
  ];
}
