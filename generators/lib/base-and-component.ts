import type { Patch } from "./patch.js";
import { generatedIni, generatedYaml, type Ini, json } from "./text.js";

/** A Kubernetes object as a component returns it: a typed model of kubernetes-models, able to check itself. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  /** What it is, for the second line of its file. */
  readonly about?: string;
  /** The object as the generator wrote it, with its reasons; absent where there are none. */
  readonly written?: object;
  /** @throws Error that says which field is wrong. */
  validate(): void;
  toJSON(): unknown;
}

/** A file that a program of the bundle reads, kept as a real file so that promtool, an editor and a diff see it. */
export interface ConfigFile {
  /** What it is, in one sentence. */
  readonly about?: string;
  /** Name inside the ConfigMap, and below {@link ConfigMapFiles.folder}. Its ending says its form: JSON, INI or else YAML. */
  readonly name: string;
  /** The generator that wrote it, from the root of the project. */
  readonly source: string;
  /** What the file says, as data. */
  readonly content: unknown;
  /** Spaces before each of its lines, for a text that goes on within another file. Default: 0. */
  readonly indent?: number;
  /** JSON without spaces and line ends, for what would be too large with them. */
  readonly compact?: boolean;
}

/** A ConfigMap that consists of files. Kustomize's configMapGenerator wraps them. */
export interface ConfigMapFiles {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Its reader reads the files only when it starts. So a change gives the ConfigMap a new name, which restarts the reader. */
  readonly restarts?: boolean;
  /** Folder of the files below the base's own, empty for none. */
  readonly folder: string;
  readonly files: readonly ConfigFile[];
}

/** One part of the stack, in Kustomize's words a base: a pure function of the settings returns it, and it becomes one folder of `base/`. */
export interface Base {
  /** Folder below `base/`. */
  readonly name: string;
  /** What it is, in one sentence. */
  readonly about?: string;
  /** The generator that wrote it, from the root of the project. */
  readonly source: string;
  readonly objects: readonly KubernetesObject[];
  readonly configMaps?: readonly ConfigMapFiles[];
  /**
   * Who opens connections to its pods, by the name of the port: other bases by their names, which they resolve, or
   * `admitted` for whoever a person lets in. Scrapes are not said here: they follow from the scrape jobs.
   */
  readonly callers?: Readonly<Record<string, readonly string[]>>;
  /** What its pods call: a port of another base, by its name, or what is not of the stack. */
  readonly calls?: readonly (Called | "api servers" | "name servers" | "receivers" | "object store" | "anything")[];
}

/** A port of a base, both by their names. */
export interface Called {
  readonly base: string;
  readonly port: string;
}

/** What an overlay may switch on, in Kustomize's words a Component: one folder of `base/components/`. */
export interface Component {
  /** Folder below `base/components/`. */
  readonly name: string;
  /** The generator that wrote it, from the root of the project. */
  readonly source: string;
  /** What it does, in one sentence. */
  readonly about: string;
  /** Components that have to be listed before it, where an overlay lists them. */
  readonly after?: readonly string[];
  /** Components without which it does not build. They have to be listed before it. */
  readonly needs?: readonly string[];
  /** Components that have to be listed after it. */
  readonly before?: readonly string[];
  /** A set of Components, such as `platform`: an overlay may list one of it. */
  readonly oneOf?: string;
  /** Components beside which an overlay must not list it, and why. */
  readonly excludes?: Readonly<Record<string, string>>;
  /** Components that need it where they meet: an overlay that lists all of them lists this one too. */
  readonly with?: readonly string[];
  /** What it leaves to the overlay: the placeholders in its objects, and the page that shows how to fill each. */
  readonly blanks?: Readonly<Record<string, string>>;
  /** Components that it changes, by name: they come with it. */
  readonly includes?: readonly string[];
  /** Objects that come with it. */
  readonly objects?: readonly KubernetesObject[];
  /** ConfigMaps that come with it. */
  readonly configMaps?: readonly ConfigMapFiles[];
  /** Changes of objects that are there without it. */
  readonly patches?: readonly Patch[];
  /** Files that join those of a ConfigMap of the base. */
  readonly adds?: readonly ConfigMapFiles[];
  /** Files that take the place of those of the same name in a ConfigMap of the base. */
  readonly replaces?: readonly ConfigMapFiles[];
  /** Changes of files that are in a ConfigMap by then, whichever Components brought or replaced them. */
  readonly rewrites?: readonly Rewrite[];
}

/** A change of one file of a ConfigMap, which is left alone where the file is not there. */
export interface Rewrite {
  /** Name of the ConfigMap. */
  readonly map: string;
  /** A ConfigMap among the Component's objects that gets all its files with what is rewritten for it; it stays as it is. Absent: it changes itself. */
  readonly copy?: string;
  /** Name of the file in it. */
  readonly file: string;
  /** Where the new text goes: in place of the file's own, behind its last line, or in place of one line, counted from 0. */
  readonly place: "instead" | "behind" | { readonly line: number };
  /** The new text; its name is its path in the Component's folder. */
  readonly text: ConfigFile;
  /** The key of another ConfigMap whose value takes the place of what stands between the first two double quotes of the text. */
  readonly filledFrom?: { readonly map: string; readonly key: string };
  /** Only where this Component wrote the file, or where none of these did. Absent: whichever wrote it. */
  readonly writer?: { readonly is: string } | { readonly isNot: readonly string[] };
}

/** The text of a config file, as it stands in `base/` and in its ConfigMap. */
export function textOf({ name, about, source, content, indent = 0, compact = false }: ConfigFile): string {
  // JSON has no place for the line that names its source.
  if (name.endsWith(".json")) return json(content, compact);
  if (name.endsWith(".ini")) return generatedIni(source, content as Ini);
  return generatedYaml(source, content, about).replace(/^(?=.)/gm, " ".repeat(indent));
}
