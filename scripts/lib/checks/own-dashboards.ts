import { parseDocument } from "yaml";
import { problemIn } from "../../../generators/settings/forms.js";
import { check } from "../../../metrics/promql/check.js";
import { selectors } from "../../../metrics/promql/selectors.js";
import { isChosen } from "../../../metrics/promql/variables.js";
import { dashboardIn, dashboardsIn, readsIn } from "../rendered/dashboards.js";
import type { MountedFile } from "../rendered/mounted.js";
import { mountedIn } from "../rendered/mounted.js";
import { ofKind, type Rendered } from "../rendered/objects.js";
import { parsed, prometheusesOf, runs } from "../rendered/prometheus.js";
import { correct, sourceOf } from "../rendered/source.js";
import { workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";
import { mistaken, viewFor } from "./own-rules.js";

/** Data sources that Grafana has itself. */
const builtIn = ["-- Grafana --", "-- Mixed --", "-- Dashboard --", "grafana", "__expr__", "default"];

/**
 * A dashboard of the overlay's own is JSON, asks PromQL of a data source that is provisioned, and has a uid that no other has. What
 * nothing gives, and what a rule would be refused for, is told and no error: those of Grafana's catalogue ask several
 * versions of a program at once.
 */
export const ownDashboards: Check = {
  name: "own dashboards",
  unlooked: async (rendered) => unlookedIn(rendered),
  run: async (rendered) =>
    workloadsOf(rendered).flatMap((workload) =>
      workload.containers
        .filter((container) => runs(container, "grafana"))
        .flatMap((container) => {
          const files = [...mountedIn(container, workload, rendered.objects).files];
          const dashboards = files.filter(([path]) => path.endsWith(".json")).map(([, file]) => file);
          const provisioned = files.filter(([path]) => /\/datasources\/.*\.ya?ml$/.test(path)).map(([, file]) => file);
          const broken = provisioned.filter(({ text }) => parseDocument(text).errors.length > 0);
          const sources = provisioned.filter((file) => !broken.includes(file)).flatMap(namesIn);
          const isOwn = (file: MountedFile) => !(sourceOf(rendered, file)?.isGenerated ?? false);
          const uids = dashboards.map((file) => (dashboardIn(file) as { uid?: string } | null | undefined)?.uid);
          return [
            ...broken.map((file) => ({
              object: file.object,
              message: `${file.key}: is no YAML, so that Grafana has no data source`,
              fix: correct(rendered, file),
            })),
            ...unprovided(files, rendered)
              .filter(({ file }) => isOwn(file))
              .map(({ finding }) => finding),
            ...dashboards.flatMap((file, index) => {
              if (!isOwn(file)) return [];
              const other = dashboards.find((_, at) => at !== index && uids[index] && uids[at] === uids[index]);
              const twice =
                other && `has uid ${uids[index]}, which ${sourceOf(rendered, other)?.path ?? other.key} has too`;
              return findingsOf(file, sources, twice, rendered);
            }),
            ...unseen(dashboards, rendered),
          ];
        }),
    ),
};

function findingsOf(
  file: MountedFile,
  sources: readonly (readonly string[])[],
  twice: string | undefined,
  rendered: Rendered,
): Finding[] {
  const says = (message: string, fix = correct(rendered, file)): Finding => ({
    object: file.object,
    message: `${file.key}: ${message}`,
    fix,
  });
  let dashboard: unknown;
  try {
    dashboard = JSON.parse(file.text);
  } catch (error) {
    if (file.text.startsWith("\uFEFF")) return [says("begins with a byte order mark, which Grafana does not read")];
    return [says(`is no JSON: ${(error as Error).message}`)];
  }
  const { panels, templating, dashboard: inner } = (dashboard ?? {}) as Dashboard;
  if (inner !== undefined)
    return [
      says(
        "is what Grafana's API takes: the dashboard is in its field dashboard",
        `keep what is in that field alone, in ${sourceOf(rendered, file)?.path ?? file.key}`,
      ),
    ];
  if (!Array.isArray(panels) && (dashboard as Dashboard | null)?.rows === undefined)
    return [says("has no panels: it is no dashboard")];
  const list = (templating as { list?: unknown } | null | undefined)?.list;
  const variables = (Array.isArray(list) ? (list as unknown[]) : []).map(
    (one) => (one as { name?: unknown } | null)?.name,
  );
  const named = new Map(dataSourcesIn(dashboard).map(({ name, type }) => [name, type]));
  const unread = readsIn(file).flatMap(({ expr, reader }) => {
    const problem = problemIn(expr);
    return problem === undefined ? [] : [says(`${reader}: this is no PromQL: ${problem}`)];
  });
  const wrong = [...named].flatMap(([name, type]) => {
    const variable = /^\$\{?(\w+)(?::\w+)?\}?$/.exec(name)?.[1];
    if (variable !== undefined ? variables.includes(variable) : [...sources.flat(), ...builtIn].includes(name))
      return [];
    const there = sources.map(([name]) => name).join(" or ") || "none";
    if (type !== undefined && type !== "prometheus" && variable === undefined) {
      const fix = `take out what asks it in ${sourceOf(rendered, file)?.path ?? file.key}, or let the overlay provision one`;
      return [says(`names data source ${name} of type ${type}, which is not provisioned (there: ${there})`, fix)];
    }
    const fix =
      variable === undefined
        ? `write ${there} in ${sourceOf(rendered, file)?.path ?? file.key}`
        : `a dashboard that was downloaded asks for it at import, which nobody does here: replace ${name} by ${there} in ${sourceOf(rendered, file)?.path ?? file.key}`;
    return [says(`names data source ${name}, which is not provisioned (there: ${there})`, fix)];
  });
  return [...unread, ...wrong, ...(twice === undefined ? [] : [says(twice)])];
}

/** More examples would be too many to read. */
const mostShown = 3;

/** What each dashboard of the overlay's own reads that nothing here gives, or that shows something else than it seems to. */
function unlookedIn(rendered: Rendered): string[] {
  const own = dashboardsIn(rendered).filter((file) => !(sourceOf(rendered, file)?.isGenerated ?? false));
  const [prometheus] = prometheusesOf(rendered);
  if (own.length === 0 || prometheus === undefined) return [];
  const view = viewFor(prometheus);
  return own.flatMap((file) => {
    const name = sourceOf(rendered, file)?.path ?? file.key;
    const reads = readsIn(file);
    const metrics = new Set(reads.flatMap(({ expr }) => selectors(expr)).flatMap(({ metric }) => metric ?? []));
    const unknown = [...metrics].filter(
      (metric) => !isChosen(metric) && view.named(metric).length === 0 && view.inOtherForm(metric).length === 0,
    );
    const explained = unknown.map((metric) => {
      const why = mistaken(metric, view);
      return why === undefined ? metric : `${metric} (${why})`;
    });
    const doubtful = reads.flatMap(({ expr, reader }) =>
      check(expr, view)
        .filter(({ message }) => !message.startsWith("unknown metric"))
        .map(({ message }) => `${reader.replace(/ of dashboard .*$/s, "")}: ${message}`),
    );
    const plugins = pluginsIn(dashboardIn(file));
    return [
      ...(explained.length === 0
        ? []
        : [`${name} reads ${explained.join(", ")}, of which no job's recording in metrics/catalogue/ tells`]),
      ...(doubtful.length === 0
        ? []
        : [
            `${name}: whether this may be is yours to judge: ${doubtful.slice(0, mostShown).join("; ")}${doubtful.length > mostShown ? `; and ${doubtful.length - mostShown} more` : ""}`,
          ]),
      ...(plugins.length === 0
        ? []
        : [`${name} shows panels by plugins that Grafana's image lacks: ${plugins.join(", ")}`]),
    ];
  });
}

/** Those that Grafana replaces by its own. Source: public/app/features/dashboard/state/PanelModel.ts of Grafana */
const replaced = [
  "grafana-singlestat-panel",
  "grafana-piechart-panel",
  "grafana-worldmap-panel",
  "natel-discrete-panel",
];

/** The plugins of its panels that are not Grafana's own, whose names are one word. */
function pluginsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { type, gridPos } = value as { readonly type?: unknown; readonly gridPos?: unknown };
  const own = gridPos !== undefined && typeof type === "string" && /-panel$/.test(type) && !replaced.includes(type);
  return [...new Set([...(own ? [type] : []), ...Object.values(value).flatMap(pluginsIn)])];
}

interface Dashboard {
  readonly panels?: unknown;
  readonly rows?: unknown;
  readonly dashboard?: unknown;
  readonly templating?: unknown;
}

/** What a dashboard names as data sources: by uid and type, or by name as older ones do. */
function dataSourcesIn(value: unknown): { readonly name: string; readonly type?: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key !== "datasource") return key === "__inputs" ? [] : dataSourcesIn(inner);
    const { uid, type } = Object(inner) as { readonly uid?: unknown; readonly type?: unknown };
    const name = typeof inner === "string" ? inner : uid;
    if (typeof name !== "string" || name === "") return [];
    return [{ name, ...(typeof type === "string" && { type }) }];
  });
}

/** The names of each data source, its uid first where it has one. */
function namesIn(file: MountedFile): string[][] {
  const { datasources = [] } = (parsed(file) ?? {}) as { datasources?: { uid?: string; name?: string }[] };
  return datasources.map(({ uid, name }) => [uid, name].filter((one) => one !== undefined));
}

/** Dashboards that are mounted where no provider looks. */
function unprovided(files: readonly (readonly [path: string, file: MountedFile])[], rendered: Rendered) {
  const folders = files
    .filter(([path]) => /\/provisioning\/dashboards\/.*\.ya?ml$/.test(path))
    .flatMap(([, { text }]) => (parseDocument(text).toJS() as { providers?: unknown } | null)?.providers ?? [])
    .flatMap((one) => (one as { options?: { path?: string } } | null)?.options?.path ?? []);
  const isRead = (path: string) => folders.some((folder) => path.startsWith(`${folder}/`) || path === folder);
  return files
    .filter(([path]) => folders.length > 0 && path.endsWith(".json") && !isRead(path))
    .map(([path, file]) => ({
      file,
      finding: {
        object: file.object,
        message: `${file.key}: is mounted at ${path}, where no provider of Grafana looks`,
        fix: `mount ${sourceOf(rendered, file)?.path ?? file.key} below ${folders.join(" or ")}`,
      },
    }));
}

/** Dashboards in ConfigMaps that Grafana does not mount. */
function unseen(dashboards: readonly MountedFile[], rendered: Rendered): Finding[] {
  return ofKind(rendered.objects, "v1/ConfigMap").flatMap(({ metadata, data = {} }) =>
    Object.entries(data)
      .filter(([key, text]) => key.endsWith(".json") && /"panels"\s*:/.test(text))
      .map(([key, text]) => ({ key, text, object: `ConfigMap ${metadata.namespace}/${metadata.name}` }))
      .filter((file) => !(sourceOf(rendered, file)?.isGenerated ?? false))
      .filter((file) => !dashboards.some(({ object, key }) => object === file.object && key === file.key))
      .map(({ key, object }) => ({
        object,
        message: `${key}: is a dashboard that no volume of Grafana mounts, so that nobody sees it`,
        fix: "add the ConfigMap to a volume of Deployment grafana by a patch, such as dashboards-workloads",
      })),
  );
}
