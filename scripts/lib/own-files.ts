import { join } from "node:path";
import { visit } from "yaml";
import { problemOf } from "../../generators/derive/own-jobs.js";
import type { ConfigFile } from "../../generators/lib/base-and-component.js";
import { noFiles, type OwnFiles } from "../../generators/own-files.js";
import { allRuleFiles } from "../../generators/prometheus/rules/index.js";
import { allJobs } from "../../generators/prometheus/scrape/applications.js";
import { withAllJobs } from "../../generators/prometheus/scrape/off.js";
import type { Settings } from "../../generators/settings/index.js";
import { Failure } from "./failure.js";
import { ownDashboards } from "./own-dashboards.js";
import { namesIn, type OwnFolder, ownFolders } from "./own-folders.js";
import { root } from "./project.js";
import { readYaml, type YamlFile } from "./read-yaml.js";

/**
 * The files of `rules/`, `scrape/` and `dashboards/`, which `npm run generate` takes up into `base/`.
 *
 * @param project where these folders are
 * @throws Failure that names the file, what is wrong in it and what would be right.
 */
export function ownFiles(settings: Settings, project = root): OwnFiles {
  if (ownFolders.every((folder) => namesIn(folder, project).length === 0)) return noFiles;
  const subjects = allRuleFiles({ ...withAllJobs(settings), alerts: {} });
  const jobs = allJobs(withAllJobs(settings)).map(({ config, source }) => [config.job_name, source] as const);
  const groups = subjects.flatMap((file) => file.groups.map(({ name }) => [name, file.source] as const));
  return {
    rules: read("rules", project, {
      list: "groups",
      name: "name",
      what: "group",
      taken: new Map(groups),
      files: subjects.map(({ subject }) => `${subject}.yml`),
    }),
    scrape: read("scrape", project, {
      list: "scrape_configs",
      name: "job_name",
      what: "job",
      taken: new Map(jobs),
      files: jobs.map(([name]) => `${name}.yml`),
    }),
    dashboards: ownDashboards(settings, project),
  };
}

/** Paths of the user's own rules, from the root of the project. */
export function ownRules(project = root): readonly string[] {
  return namesIn("rules", project).map((file) => `rules/${file}`);
}

/** What files of a folder have: a list of what has names, and which names and files are somebody's already. */
interface Form {
  readonly list: string;
  readonly name: string;
  readonly what: string;
  /** Whose each name is. */
  readonly taken: Map<string, string>;
  readonly files: readonly string[];
}

function read(folder: OwnFolder, project: string, { list, name, what, taken, files }: Form): ConfigFile[] {
  return namesIn(folder, project).map((file) => {
    const path = `${folder}/${file}`;
    const wrong = (message: string, cure: string) => new Failure(`${path}: ${message}`, cure);
    if (!/^[\w.-]+\.yml$/.test(file)) {
      throw wrong(
        "is not named as Prometheus looks for files",
        `name it ${folder}/NAME.yml, of letters, digits, - and _`,
      );
    }
    if (files.includes(file)) throw wrong("has the name of a file of the bundle", "give it another name");
    const { content, lineOf, document } = parsed(join(project, path), path);
    const entries: unknown = Object(content)[list];
    if (!Array.isArray(entries)) throw wrong(`has no list ${list}`, `write it as Prometheus reads it: ${list}: [...]`);
    for (const [index, entry] of (entries as unknown[]).entries()) {
      const node = document.getIn([list, index], true) as { readonly range?: readonly number[] } | undefined;
      const wrongHere = (message: string, cure: string) =>
        new Failure(`${path}:${lineOf(node?.range?.[0] ?? 0)}: ${message}`, cure);
      const own: unknown = Object(entry)[name];
      if (typeof own !== "string" || own === "")
        throw wrongHere(`has a ${what} without ${name}`, `give each ${what} a ${name}`);
      const owner = taken.get(own);
      if (owner !== undefined) throw wrongHere(`has ${what} ${own}, which ${owner} has too`, "give it another name");
      taken.set(own, path);
      const problem = folder === "scrape" ? problemOf(entry) : undefined;
      if (problem !== undefined) throw wrong(`has ${what} ${own}, whose ${problem}`, "write it as Prometheus reads it");
    }
    return { name: file, source: path, content };
  });
}

/** @throws Failure also of what Prometheus reads as text, such as the label `1.10`, and would be written in another way. */
function parsed(file: string, shown: string): YamlFile {
  const read = readYaml(file, shown);
  visit(read.document, {
    Scalar: (_, { value, source, range }) => {
      const isText = typeof value !== "number" && typeof value !== "boolean";
      if (isText || source === undefined || source === String(value)) return;
      throw new Failure(
        `${shown}:${read.lineOf(range?.[0] ?? 0)}: ${source} would become ${value}`,
        `write ${value}, or "${source}" where it is text, as a label's value is`,
      );
    },
  });
  return read;
}
