import type { IPolicyRule } from "kubernetes-models/rbac.authorization.k8s.io/v1/PolicyRule";
import { outsidePermissions } from "../../../generators/bare-metal/access.js";
import { blackboxExporter } from "../../../generators/blackbox-exporter/index.js";
import { additionalEdges } from "../../../generators/components/job.js";
import { scrapedParts } from "../../../generators/components/thanos.js";
import type { Scope } from "../../../generators/derive/access.js";
import { type End, edges, inWords } from "../../../generators/derive/edges.js";
import { permissions } from "../../../generators/derive/permissions.js";
import { grafana } from "../../../generators/grafana/index.js";
import { stack } from "../../../generators/index.js";
import { additionalGrants } from "../../../generators/prometheus/access.js";
import { annotated, probing } from "../../../generators/prometheus/scrape/applications.js";
import { eksControlPlane } from "../../../generators/prometheus/scrape/eks.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { optionalJobs } from "../../../generators/prometheus/scrape/optional.js";
import { thanosJobs } from "../../../generators/prometheus/scrape/thanos.js";
import { projectSettings } from "../../../scripts/lib/settings.js";
import { table } from "../markdown-table.js";
import type { Section } from "./section.js";

const file = "docs/security.md";

/** Each permission, where it holds, who has it, which job needs it, what breaks without it. */
export function permissionsSection(): Section {
  const rows = permissions(scrapeJobs(projectSettings())).map(({ rule, scope, holder, neededBy, without }) => [
    words(rule),
    where(scope),
    holder,
    neededBy.join(", "),
    without,
  ]);
  const header = ["Permission", "Where", "Who has it", "Which job needs it", "Without it"];
  return { file, name: "permissions", text: table(header, rows) };
}

/** Each permission of a Prometheus outside of the cluster, in the document that is about it. */
export function outsideSection(): Section {
  const rows = outsidePermissions(projectSettings()).map(({ rule, scope, neededBy, without }) => [
    words(rule),
    where(scope),
    neededBy.join(", "),
    without,
  ]);
  const header = ["Permission", "Where", "Which job needs it", "Without it"];
  return { file: "docs/outside.md", name: "permissions", text: table(header, rows) };
}

/** What the jobs of each Component need beyond the permissions above, and the ports that they open in its policies. */
export function additionsSection(): Section {
  const core = scrapeJobs(projectSettings());
  const settings = projectSettings();
  const components = [...stack(settings), grafana(settings), blackboxExporter(settings), ...scrapedParts(settings)];
  const all = [
    ...optionalJobs(projectSettings()),
    annotated(projectSettings()),
    probing(projectSettings()),
    thanosJobs(projectSettings()),
    { component: "platform-eks", jobs: eksControlPlane() },
  ];
  const rows = all.map(({ component, jobs }) => {
    const grants = additionalGrants(jobs, core).map(({ rule, scope }) => `${words(rule)}: ${where(scope)}`);
    const opened = additionalEdges(components, core, jobs).map(({ to, ports }) => {
      const numbers = ports.map(({ port, protocol }) => `${port}/${protocol}`);
      return `${endName(to)}: ${numbers.join(", ") || "their own"}`;
    });
    return [`\`${component}\``, ...[grants, opened].map((all) => [...new Set(all)].join("; ") || "none")];
  });
  const text = table(["Component", "Permissions", "Connections of Prometheus"], rows);
  return { file, name: "additions", text };
}

/** Each connection that the NetworkPolicies let through, and what needs it. */
export function connectionsSection(): Section {
  const rows = new Map<string, { cells: string[]; reasons: string[] }>();
  for (const { from, to, ports, purpose } of edges(
    stack(projectSettings()),
    scrapeJobs(projectSettings()),
    "prometheus",
  )) {
    const numbers = ports.map(({ port, protocol }) => `${port}/${protocol}`);
    const cells = [endName(from), endName(to), numbers.join(", ") || "their own"];
    const before = rows.get(cells.join())?.reasons ?? [];
    rows.set(cells.join(), { cells, reasons: [...new Set([...before, inWords(purpose)])] });
  }
  const text = table(
    ["From", "To", "Port", "What needs it"],
    [...rows.values()].map(({ cells, reasons }) => [...cells, reasons.join("; ")]),
  );
  return { file, name: "connections", text };
}

function endName(end: End): string {
  if (typeof end !== "object") return end;
  if ("block" in end) return end.block;
  return "base" in end ? end.base : `pods of ${end.in}`;
}

/** A permission as the table says it. */
export function words({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: IPolicyRule): string {
  const group = apiGroups.filter(Boolean).map((name) => `.${name}`);
  const what = [...resources.map((resource) => resource + group.join("")), ...nonResourceURLs];
  const only = resourceNames.map((name) => ` named \`${name}\``);
  return `${verbs.join(", ")} \`${what.join(", ")}\`${only.join("")}`;
}

/** Where a permission holds, as the table says it. */
export function where(scope: Scope): string {
  if (scope === "cluster") return "everywhere";
  return scope === "own namespace" ? "its own namespace" : `\`${scope.namespace}\``;
}
