import { parseAllDocuments } from "yaml";
import { $ } from "zx";
import { Failure } from "./failure.js";
import { kustomizeCommand } from "./kubectl.js";
import { kustomizationFile, nameOf, overlayFolder, readKustomizations, usedBy } from "./overlays.js";
import { root } from "./project.js";
import type { Rendered, RenderedObject } from "./rendered/objects.js";

/**
 * Renders an overlay with `kubectl kustomize`, or with Kustomize itself where there is no kubectl.
 *
 * @param named its folder, from the root of the project, from the folder in which npm was called, or absolute
 * @param kubectl the kubectl to run instead of the usual one
 * @throws Failure that names the overlay: no such overlay, or whatever Kustomize says is wrong.
 */
export async function render(named: string, kubectl?: string): Promise<Rendered> {
  const folder = overlayFolder(named);
  if (kustomizationFile(folder) === undefined) {
    throw new Failure(
      `${named} has no kustomization.yaml`,
      "name a folder that has one (or kustomization.yml, or Kustomization), such as overlays/devbox",
    );
  }
  const overlay = nameOf(folder);
  const text = await kustomize(
    overlay,
    folder,
    kubectl === undefined ? await kustomizeCommand() : [kubectl, "kustomize"],
  );
  const kustomizations = await readKustomizations(folder);
  const namespace = kustomizations[0]?.content?.namespace;
  return {
    overlay,
    text,
    objects: objectsOf(overlay, text),
    kustomizations,
    ...(namespace !== undefined && { namespace }),
  };
}

async function kustomize(overlay: string, folder: string, command: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await $({ quiet: true, nothrow: true })`${command} ${folder}`;
  if (exitCode !== 0) {
    const said = complaint(stderr);
    const listing = await listingFile(folder, stderr);
    const { projectSettings } = await import("./settings.js");
    const ofBase = `${projectSettings().namespace} is that of base/, also where the overlay has another`;
    const rule =
      (await brokenRule(said)) ??
      renderedTwice(said) ??
      movedTogether(said) ??
      mergedTooEarly(said, ofBase) ??
      patchedNowhere(said, ofBase);
    throw new Failure(
      `${overlay} does not build: ${rule === undefined ? said : `${listing}: ${rule}`}`,
      rule === undefined
        ? `correct what it names, then: kubectl kustomize ${overlay}`
        : `change what ${listing} lists, or in which order; base/README.md has all of it`,
    );
  }
  if (stdout.trim() === "") {
    throw new Failure(
      `${overlay} builds to nothing, although kubectl kustomize says that all is well`,
      "list resources; plugins of the kind exec run under standalone kustomize only",
    );
  }
  return stdout;
}

/** The rule of what may be listed where that an overlay breaks. Kustomize itself shows the rule's key alone. */
async function brokenRule(said: string): Promise<string | undefined> {
  const [, key = ""] = /testing value \/data\/(\S+) failed/.exec(said) ?? [];
  if (key === "") return undefined;
  // Read late: what builds renders without the generators.
  const { listingRules } = await import("../../generators/index.js");
  const { projectSettings } = await import("./settings.js");
  return listingRules(projectSettings()).get(key);
}

/** What is there twice where a base or Component is listed twice, once by way of another overlay perhaps. */
function renderedTwice(said: string): string | undefined {
  // What is generated is told in other words than what is listed.
  const [, generated] =
    /Name:"([^"]+)"[^}]*\} exists; behavior must be merge or replace/.exec(said.replaceAll('\\"', '"')) ?? [];
  if (generated !== undefined) {
    return `ConfigMap or Secret ${generated} is generated twice: list the Component that brings it once, or give your own another name`;
  }
  const [, kind, name] = /already registered id: (\w+)\.[^/]*\/([^.]+)\./.exec(said) ?? [];
  const [, path] = /merging resources from '([^']+)'/.exec(said) ?? [];
  if (kind === undefined) return undefined;
  return `${kind} ${name}${path === undefined ? "" : ` (${path})`} is listed twice, here or below: list it once`;
}

/** `namespace:` moves every object, also one that is for another namespace: two of one name may meet there. */
function movedTogether(said: string): string | undefined {
  if (!said.includes("namespace transformation produces ID conflict")) return undefined;
  const [, kind] = /"kind":"(\w+)"/.exec(said) ?? [];
  const [, name, namespace] = /"name":"([^"]+)","namespace":"([^"]+)"/.exec(said) ?? [];
  return `namespace: ${namespace} moves every object, and makes two of ${kind} ${name}: put what belongs into another namespace into a folder of its own, as overlays/prod does`;
}

/** What a Component brings is not there yet when the kustomization that lists it generates its own. */
function mergedTooEarly(said: string, ofBase: string): string | undefined {
  const [, name] = /Name:"([^"]+)".*does not exist; cannot merge or replace/.exec(said) ?? [];
  if (name === undefined) return undefined;
  return `${name} is not there to merge into: where a Component brings it, merge in an overlay of its own that has this one in its resources; else correct name and namespace: ${ofBase}`;
}

/** A patch that names the overlay's namespace finds nothing: it is moved there last. */
function patchedNowhere(said: string, ofBase: string): string | undefined {
  const [, kind, name, namespace] = /no matches for Id (\w+)\.\S*\/(\S+)\.([^.\s;:]+)/.exec(said) ?? [];
  if (kind === undefined) return undefined;
  const where = namespace === "[noNs]" ? "without a namespace" : `in namespace ${namespace}`;
  return `there is no ${kind} ${name} ${where} to patch: correct kind, name and namespace: ${ofBase}`;
}

/** The kustomization that lists what Kustomize stumbled over, as messages name it: the user's own. */
async function listingFile(folder: string, stderr: string): Promise<string> {
  const stumbled = [...stderr.matchAll(/recursed accumulation of path '([^']+)'/g)].map(([, path = ""]) => path);
  const own = (await readKustomizations(folder)).filter(({ isGenerated }) => !isGenerated);
  const listing = own.findLast((one) => usedBy(one).some((used) => stumbled.includes(used)));
  return nameOf((listing ?? own[0])?.file ?? folder);
}

/** What kubectl complains about, with paths from the root of the project. Some builds of it log instead of printing. */
function complaint(stderr: string): string {
  const [, quoted, lines] = /"command failed" err=(?:("(?:[^"\\]|\\.)*")|<\n(.*)\n >)/s.exec(stderr) ?? [];
  const logged = quoted === undefined ? lines?.replace(/^\t/gm, "") : (JSON.parse(quoted) as string);
  const said = (logged ?? stderr.replace(/^error: /i, "")).trim();
  return said.replaceAll(`${root}/`, "");
}

function objectsOf(overlay: string, text: string): RenderedObject[] {
  return parseAllDocuments(text).map((document) => {
    const object: unknown = document.errors.length === 0 ? document.toJS() : undefined;
    if (isObject(object)) return object;
    const problem = document.errors[0]?.message ?? "an object needs apiVersion, kind and metadata.name";
    throw new Failure(`${overlay} renders something that is no Kubernetes object: ${problem}\n${document.toString()}`);
  });
}

function isObject(value: unknown): value is RenderedObject {
  const object = value as Partial<RenderedObject> | null;
  return [object?.apiVersion, object?.kind, object?.metadata?.name].every((field) => typeof field === "string");
}
