import { remembered } from "../../metrics/remembered.js";
import type { Component, ConfigMapFiles, KubernetesObject } from "./base-and-component.js";
import { kustomizeOnly } from "./kustomize-only.js";
import type { JsonPatch, Operation } from "./patch.js";

/*
 * Kustomize applies Components as they are listed, and lets the last one win without a word. So one ConfigMap has a line
 * for each rule of what may be listed where, and every Component tests and writes the lines that are about it: a listing
 * that breaks a rule ends `kubectl kustomize` with an error that shows the line's key. The ConfigMap has Kustomize's mark
 * of what the build alone needs, and no overlay renders it.
 */

const name = "order-of-components";

/** The value of a line that no Component wrote yet. */
const none = "none";

/** A rule of what an overlay may list, and where. */
interface Rule {
  /** Kustomize's error shows it, so it says what is wrong. */
  readonly key: string;
  /** The same as a sentence without a full stop. */
  readonly says: string;
}

/** Components without which this one does not build: those that it names, and those that bring a file which it replaces. */
export function neededBy({ needs = [], replaces = [] }: Component, all: readonly Component[]): string[] {
  const { bringers } = filesAmong(all);
  return [...new Set([...needs, ...filesOf(replaces).flatMap((file) => bringers.get(file)?.[0] ?? [])])];
}

/** Components that have to be listed before this one, where an overlay lists them. */
export function earlierThan(component: Component, all: readonly Component[]): readonly string[] {
  const earlier = earlierAmong(all).get(component);
  if (earlier === undefined) throw new Error(`${component.name} is not among the Components`);
  return earlier;
}

const earlierAmong = remembered(
  (all: readonly Component[]) =>
    new Map(
      all.map((component) => {
        const saying = all.filter(({ before = [] }) => before.includes(component.name)).map((other) => other.name);
        const after = [...neededBy(component, all), ...(component.after ?? []), ...saying];
        return [component, [...new Set([...after, ...writersBefore(component, all)])].sort()];
      }),
    ),
);

/** Other Components that bring or replace a file which this one rewrites. */
function writersBefore({ name, rewrites = [] }: Component, all: readonly Component[]): string[] {
  const { writers } = filesAmong(all);
  const found = new Set(rewrites.flatMap(({ map, file }) => writers.get(`${map}.${file}`) ?? []));
  return [...found].filter((other) => other !== name);
}

/** Components by the files that they add to a ConfigMap of the base, and by all that they bring or replace. */
const filesAmong = remembered((all: readonly Component[]) => {
  const by = (files: (component: Component) => readonly ConfigMapFiles[]) => {
    const names = new Map<string, string[]>();
    for (const component of all)
      for (const file of filesOf(files(component))) names.set(file, [...(names.get(file) ?? []), component.name]);
    return names;
  };
  return {
    bringers: by(({ adds = [] }) => adds),
    writers: by(({ configMaps = [], adds = [], replaces = [] }) => [...configMaps, ...adds, ...replaces]),
  };
});

/** A Component and those that come with it. */
export function withIncluded(component: Component, all: readonly Component[]): Component[] {
  const included = all.filter(({ name }) => component.includes?.includes(name));
  return [component, ...included.flatMap((one) => withIncluded(one, all))];
}

/** Nobody reads a longer list of names. */
export const mostNames = 4;

/** Components that write what one rewrites, where these are so many that they are said in words. */
export function manyWriters(component: Component, all: readonly Component[]): string[] {
  const writers = [...new Set(withIncluded(component, all).flatMap((one) => writersBefore(one, all)))];
  return writers.length > mostNames ? writers : [];
}

/** Components that have to be listed before this one or what comes with it, where an overlay lists them. */
export function listedBefore(component: Component, all: readonly Component[]): string[] {
  const own = withIncluded(component, all);
  const earlier = own.flatMap((one) => earlierThan(one, all));
  return [...new Set(earlier)].filter((name) => !own.some((one) => one.name === name));
}

/** What a Component's kustomization says last: the tests and the lines of its rules. */
export function guardOf(component: Component, all: readonly Component[]): JsonPatch | undefined {
  const later = all.filter((other) => earlierThan(other, all).includes(component.name));
  const needed = neededBy(component, all);
  const operations = [
    ...needed.map((other) => test(orderRule(component, other, all), other)),
    ...later.flatMap((other) => {
      const rule = orderRule(other, component.name, all);
      return neededBy(other, all).includes(component.name) ? claim(rule, component) : [test(rule, none)];
    }),
    ...earlierThan(component, all)
      .filter((other) => !needed.includes(other))
      .map((other) => write(orderRule(component, other, all), component.name)),
    ...[...onlyOne(component, all), ...exclusions(component, all)].flatMap((rule) => claim(rule, component)),
  ];
  return operations.length === 0 ? undefined : { name, target: { kind: "ConfigMap", name }, operations };
}

/** The ConfigMap with a line for each rule. */
export function board(all: readonly Component[], namespace: string): KubernetesObject {
  return kustomizeOnly(
    name,
    namespace,
    Object.fromEntries([...rulesOf(all).keys()].sort().map((key) => [key, none])),
    "The rules by which an overlay lists Components. Kustomize reads it while it builds, and leaves it out.",
  );
}

/** Every rule as a sentence, by the key that Kustomize's error shows. */
export function rulesOf(all: readonly Component[]): ReadonlyMap<string, string> {
  const rules = all.flatMap((component) => [
    ...earlierThan(component, all).map((other) => orderRule(component, other, all)),
    ...onlyOne(component, all),
    ...exclusions(component, all),
  ]);
  return new Map(rules.map(({ key, says }) => [key, says]));
}

function orderRule(later: Component, earlier: string, all: readonly Component[]): Rule {
  const how = neededBy(later, all).includes(earlier)
    ? `needs ${earlier}, listed before it`
    : `has to come after ${earlier}`;
  return { key: `list-${later.name}-after-${earlier}`, says: `${later.name} ${how}` };
}

/** Rules by which one Component of several may be listed, and once. */
function onlyOne({ oneOf, adds = [], replaces = [] }: Component, all: readonly Component[]): Rule[] {
  const bringing = (file: string) => all.filter((other) => filesOf(other.adds ?? []).includes(file));
  const replacing = (file: string) => all.filter((other) => filesOf(other.replaces ?? []).includes(file));
  const rule = (key: string, those: readonly Component[], what: string): Rule => ({
    key: `only-one-${key}`,
    says: `only one of ${those.map(({ name }) => name).join(", ")} may be listed, and once: ${what}`,
  });
  return [
    ...(oneOf === undefined
      ? []
      : [
          rule(
            oneOf,
            all.filter((other) => other.oneOf === oneOf),
            `each is another ${oneOf}`,
          ),
        ]),
    ...filesOf(adds)
      .filter((file) => replacing(file).length > 0 || bringing(file).length > 1)
      .map((file) => rule(`component-brings.${file}`, bringing(file), `it brings ${file}`)),
    ...filesOf(replaces).map((file) => rule(`component-replaces.${file}`, replacing(file), `it replaces ${file}`)),
  ];
}

/** Rules by which two Components may not be listed together, whichever of them says so. */
function exclusions(component: Component, all: readonly Component[]): Rule[] {
  const rule = (one: string, other: string, why: string): Rule => ({
    key: `not-both-${one}-and-${other}`,
    says: `${one} and ${other} may not be listed together: ${why}`,
  });
  return all.flatMap(({ name, excludes = {} }) =>
    Object.entries(excludes)
      .filter(([other]) => name === component.name || other === component.name)
      .map(([other, why]) => rule(name, other, why)),
  );
}

/** Files by their ConfigMap and their name in it. */
function filesOf(maps: readonly ConfigMapFiles[]): string[] {
  return maps.flatMap((map) => map.files.map((file) => `${map.name}.${file.name}`));
}

function test({ key }: Rule, value: string): Operation {
  return { op: "test", path: `/data/${key}`, value };
}

function write({ key }: Rule, value: string): Operation {
  return { op: "replace", path: `/data/${key}`, value };
}

function claim(rule: Rule, component: Component): Operation[] {
  return [test(rule, none), write(rule, component.name)];
}
