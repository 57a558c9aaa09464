import { join } from "node:path";
import { allDashboards } from "../../generators/grafana/dashboards/index.js";
import { ownDashboardConfigMap } from "../../generators/grafana/pod.js";
import { type ConfigFile, textOf } from "../../generators/lib/base-and-component.js";
import type { Settings } from "../../generators/settings/index.js";
import { largestObject } from "./checks/size.js";
import { Failure } from "./failure.js";
import { namesIn } from "./own-folders.js";
import { root } from "./project.js";
import { readText } from "./read-yaml.js";

/** What of a dashboard's JSON is looked at here. */
interface Dashboard {
  readonly uid?: unknown;
  readonly title?: unknown;
  readonly panels?: unknown;
  readonly rows?: unknown;
  readonly dashboard?: unknown;
  readonly spec?: unknown;
  readonly apiVersion?: unknown;
  readonly __inputs?: unknown;
  readonly __elements?: unknown;
}

/** What a dashboard that was exported for others asks when it is imported. */
interface Input {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly pluginId?: unknown;
  readonly value?: unknown;
}

/** What stands in place of an input that asks for a data source, by the type of that. */
const provisioned: Readonly<Record<string, string>> = { prometheus: "prometheus", __expr__: "__expr__" };

/** Source: https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/ */
const uidForm = /^[\w-]{1,40}$/;

/**
 * The dashboards of `dashboards/`, each as Grafana takes it from a file: nothing is left to ask at an import, and each has a uid of
 * its own. One that is too large with its spaces is without them.
 *
 * @param project where this folder is
 * @throws Failure that names the file, what is wrong in it and what would be right.
 */
export function ownDashboards(settings: Settings, project = root): ConfigFile[] {
  const read = namesIn("dashboards", project).map((name) => ({ name, dashboard: readDashboard(name, project) }));
  if (read.length === 0) return [];
  const uids = new Map(allDashboards(settings).map(({ dashboard, source }) => [dashboard.uid, source]));
  const titles = new Map<string, string>();
  const configMaps = new Map<string, string>();
  return read.map(({ name, dashboard }) => {
    const source = `dashboards/${name}`;
    const wrong = (message: string, cure: string) => new Failure(`${source}: ${message}`, cure);
    const take = (taken: Map<string, string>, key: string, what: string) => {
      const owner = taken.get(key);
      if (owner !== undefined) throw wrong(`has ${what}, which ${owner} has too`, "give it another one");
      taken.set(key, source);
    };
    const uid = dashboard.uid ?? uidOf(name);
    if (typeof uid !== "string" || !uidForm.test(uid)) {
      throw wrong(
        `has uid ${JSON.stringify(uid)}, which Grafana does not take`,
        "write up to 40 letters, digits, - and _, or leave it out",
      );
    }
    take(uids, uid, `uid ${uid}`);
    // Grafana takes no folder in which two have one title.
    take(titles, String(dashboard.title), `title ${dashboard.title}`);
    const configMap = ownDashboardConfigMap(name);
    take(configMaps, configMap, `a name that becomes ${configMap}`);
    const file = { name, source, content: { ...dashboard, uid } };
    const fitting = [file, { ...file, compact: true }].find((one) => bytesOf(one) <= largestObject);
    if (fitting === undefined) {
      throw wrong(
        `is too large for a ConfigMap that kubectl apply carries: ${Math.ceil(bytesOf({ ...file, compact: true }) / 1024)} KiB without spaces, of ${largestObject / 1024} KiB`,
        "make two dashboards of it, or take out the panels that nobody looks at",
      );
    }
    return fitting;
  });
}

/**
 * One dashboard of `dashboards/` without what only an import reads: what it asks there is answered.
 *
 * @throws Failure that names the file
 */
export function readDashboard(name: string, project = root): Dashboard {
  const source = `dashboards/${name}`;
  const wrong = (message: string, cure: string) => new Failure(`${source}: ${message}`, cure);
  if (!/^[A-Za-z0-9][\w.-]{0,199}\.json$/.test(name)) {
    throw wrong("is not named as a dashboard", "name it dashboards/NAME.json, of letters, digits, ., - and _");
  }
  const { __inputs, __elements, ...dashboard } = parsed(readText(join(project, source), source), source) as Dashboard;
  if (isObject(dashboard.dashboard)) {
    throw wrong(
      "is what Grafana's API gives: the dashboard is in its field dashboard",
      `keep what is in that field alone, such as by: jq .dashboard ${source}`,
    );
  }
  if (typeof dashboard.apiVersion === "string" && isObject(dashboard.spec)) {
    throw wrong(
      `is in the form of ${dashboard.apiVersion}, which no check here reads`,
      "export it from Grafana again, with the model Classic",
    );
  }
  if (typeof dashboard.title !== "string" || dashboard.title.trim() === "") {
    throw wrong("has no title", 'add "title": "...", by which Grafana lists it');
  }
  if (!Array.isArray(dashboard.panels) && !Array.isArray(dashboard.rows)) {
    throw wrong("has no panels: it is no dashboard", "take the whole JSON of a dashboard");
  }
  const library = libraryPanels(dashboard);
  if (library.length > 0) {
    throw wrong(
      `has panels of Grafana's library, which only an import makes: ${library.join(", ")}`,
      "unlink them in Grafana, and export it again",
    );
  }
  const answers = new Map((Array.isArray(__inputs) ? (__inputs as Input[]) : []).map((one) => answerTo(one, wrong)));
  const { id, __requires, ...kept } = answered(dashboard, answers) as Dashboard & {
    readonly id?: unknown;
    readonly __requires?: unknown;
  };
  return kept;
}

type Wrong = (message: string, cure: string) => Failure;

/** The name of an input, and what stands in its place. */
function answerTo({ name, type, pluginId, value }: Input, wrong: Wrong): readonly [string, string] {
  if (typeof name !== "string") throw wrong("has an entry in __inputs without name", "export it from Grafana again");
  if (type === "constant") {
    if (typeof value === "string") return [name, value];
    throw wrong(`asks for the constant ${name} at import`, `give the entry ${name} in __inputs a value`);
  }
  const uid = type === "datasource" ? provisioned[String(pluginId)] : undefined;
  if (uid !== undefined) return [name, uid];
  throw wrong(
    type === "datasource"
      ? `asks for ${name}, a data source of type ${pluginId}, and the bundle has Prometheus alone`
      : `asks at import for ${name}, of type ${type}`,
    type === "datasource"
      ? `take out what reads it; or where an overlay provisions one, write its uid in place of \${${name}}, and take ${name} out of __inputs`
      : `write a value in place of \${${name}}, and take ${name} out of __inputs`,
  );
}

/** The same with each `${NAME}` of an answer replaced in every text. */
function answered(value: unknown, answers: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\$\{(\w+)\}/g, (all, name: string) => answers.get(name) ?? all);
  }
  if (Array.isArray(value)) return value.map((item) => answered(item, answers));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, answered(inner, answers)]));
}

/** Names of the panels that are not in the dashboard itself. */
function libraryPanels(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { libraryPanel } = value as { readonly libraryPanel?: { readonly name?: unknown } | null };
  if (isObject(libraryPanel)) return [String(libraryPanel.name)];
  return Object.values(value).flatMap(libraryPanels);
}

/** The uid of a dashboard that has none, the same each time: Grafana would make up another one at every start. */
function uidOf(name: string): string {
  return `own-${name.replace(/\.json$/, "").replaceAll(".", "-")}`.slice(0, 40);
}

/** Bytes of the ConfigMap, as kubectl notes it in an annotation. */
function bytesOf(file: ConfigFile): number {
  return Buffer.byteLength(JSON.stringify({ data: { [file.name]: textOf(file) } })) + frame;
}

/** What a ConfigMap has besides, such as names and labels, at most. */
const frame = 1024;

function parsed(text: string, source: string): object {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const at = /at position (\d+)/.exec(message)?.[1];
    const line = at === undefined ? "" : `:${text.slice(0, Number(at)).split("\n").length}`;
    throw new Failure(`${source}${line}: is no JSON: ${message}`, "take the file as Grafana gives it");
  }
  if (isObject(content)) return content;
  throw new Failure(`${source}: is no dashboard`, "take the whole JSON of a dashboard");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
