import type { IStatefulSetSpec } from "kubernetes-models/apps/v1/StatefulSetSpec";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import { nameOf, ofKind, type RenderedObject } from "../rendered/objects.js";
import { changedFields, type FieldChange } from "./fields.js";
import type { ObjectChange } from "./objects.js";

/** What an upgrade does to the pods of one workload. */
export interface PodsChange {
  /** As findings name it. */
  readonly object: string;
  /**
   * `start` and `stop`: the workload is new, or gone. `restart`: each pod is replaced. `scale`: the others stay as they
   * are. `reload`: files in them change, which the program reads without a restart. `stale`: what changed reaches them
   * only when something else restarts them.
   */
  readonly what: "start" | "stop" | "restart" | "scale" | "reload" | "stale";
  /** Fields or ConfigMaps. */
  readonly why: readonly string[];
  /** What becomes of what its pods hold, where that is not there afterwards as before: a sentence each. */
  readonly data: readonly string[];
}

interface Runs {
  readonly object: string;
  readonly namespace: string | undefined;
  readonly replicas: number | undefined;
  readonly template: Pick<IPodTemplateSpec, "metadata" | "spec">;
  /** Of each of its pods. */
  readonly claims: readonly string[];
}

/** What an upgrade does to pods, workload by workload; those that notice nothing are left out. */
export function changedPods(
  old: readonly RenderedObject[],
  now: readonly RenderedObject[],
  objects: readonly ObjectChange[],
): PodsChange[] {
  const before = new Map(workloads(old).map((one) => [one.object, one]));
  const after = new Map(workloads(now).map((one) => [one.object, one]));
  const files = changedFiles(old, now);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((object): PodsChange[] => {
    const one = before.get(object);
    const other = after.get(object);
    if (one === undefined) {
      const data = (other?.claims ?? []).map((claim) => `claim ${claim} for each of its pods is new`);
      return [{ object, what: "start", why: [], data }];
    }
    const lost = emptyDirs(one).map((name) => `what emptyDir ${name} holds goes with the old pods`);
    if (other === undefined) {
      const data = [
        ...lost,
        ...one.claims.map((claim) => `claim ${claim} of each of its pods stays, and is read no more`),
      ];
      return [{ object, what: "stop", why: [], data }];
    }
    const refused = objects.find((change) => change.object === object)?.refused;
    const template = changedFields(one.template, other.template, "spec.template");
    const restarts = template.length > 0 ? template.map(({ path }) => path) : (refused?.fields ?? []);
    if (restarts.length > 0) return [{ object, what: "restart", why: restarts, data: [...lost, ...kept(template)] }];
    return [...scaled(one, other), ...reading(other, files)].map((change) => ({ ...change, data: [] }));
  });
}

function workloads(objects: readonly RenderedObject[]): Runs[] {
  const runs = (
    object: RenderedObject,
    spec: Partial<Pick<IStatefulSetSpec, "replicas" | "volumeClaimTemplates" | "template">> = {},
  ): Runs => ({
    object: nameOf(object),
    namespace: object.metadata.namespace,
    replicas: spec.replicas,
    template: spec.template ?? {},
    claims: (spec.volumeClaimTemplates ?? []).map(
      ({ metadata, spec }) => `${metadata?.name} (${spec?.resources?.requests?.storage})`,
    ),
  });
  return [
    ...ofKind(objects, "apps/v1/Deployment").map((object) => runs(object, object.spec)),
    ...ofKind(objects, "apps/v1/StatefulSet").map((object) => runs(object, object.spec)),
    ...ofKind(objects, "apps/v1/DaemonSet").map((object) => runs(object, object.spec)),
  ];
}

function emptyDirs({ template }: Runs): string[] {
  return (template.spec?.volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined).map(({ name }) => name);
}

/** How long the program keeps what it has, where that changes. */
function kept(template: readonly FieldChange[]): string[] {
  return template.flatMap(({ path, ...change }) => {
    const [, variable] = /\.env\[(RETENTION_\w+)\]\.value$/.exec(path) ?? [];
    return variable === undefined ? [] : [`${variable} was ${change.old ?? "none"} and is ${change.new ?? "none"}`];
  });
}

function scaled({ object, replicas }: Runs, { replicas: now }: Runs): Omit<PodsChange, "data">[] {
  if (replicas === now) return [];
  return [{ object, what: "scale", why: [`spec.replicas ${replicas ?? "unset"} -> ${now ?? "unset"}`] }];
}

/** Namespace and name of each ConfigMap whose content differs. */
function changedFiles(old: readonly RenderedObject[], now: readonly RenderedObject[]): ReadonlySet<string> {
  const content = (objects: readonly RenderedObject[]) =>
    new Map(
      ofKind(objects, "v1/ConfigMap").map(({ metadata, data, binaryData }) => [
        `${metadata.namespace}/${metadata.name}`,
        JSON.stringify([data, binaryData]),
      ]),
    );
  const [before, after] = [content(old), content(now)];
  return new Set([...before.keys(), ...after.keys()].filter((name) => before.get(name) !== after.get(name)));
}

function reading({ object, namespace, template }: Runs, files: ReadonlySet<string>): Omit<PodsChange, "data">[] {
  const { mounted, frozen } = configMapsOf(template.spec);
  const changed = (names: readonly string[]) => names.filter((name) => files.has(`${namespace}/${name}`));
  const why = (names: readonly string[]) => [...new Set(changed(names))].map((name) => `ConfigMap ${name}`);
  return [
    { object, what: "reload" as const, why: why(mounted) },
    { object, what: "stale" as const, why: why(frozen) },
  ].filter((change) => change.why.length > 0);
}

/** The ConfigMaps of a pod: those whose files follow a change, and those that a container takes as they are when it starts. */
function configMapsOf(pod: Partial<IPodSpec> | undefined): { mounted: readonly string[]; frozen: readonly string[] } {
  const containers = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
  // The kubelet never renews a file that is mounted by its own path.
  const bySubPath = new Set(
    containers.flatMap(({ volumeMounts = [] }) =>
      volumeMounts.filter(({ subPath }) => subPath !== undefined).map(({ name }) => name),
    ),
  );
  const volumes = (pod?.volumes ?? []).map(({ name, configMap, projected }) => ({
    isFrozen: bySubPath.has(name),
    names: [configMap?.name, ...(projected?.sources ?? []).map((source) => source.configMap?.name)].filter(
      (found) => found !== undefined,
    ),
  }));
  const variables = containers.flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
    ...envFrom.map(({ configMapRef }) => configMapRef?.name),
  ]);
  return {
    mounted: volumes.filter(({ isFrozen }) => !isFrozen).flatMap(({ names }) => names),
    frozen: [
      ...volumes.filter(({ isFrozen }) => isFrozen).flatMap(({ names }) => names),
      ...variables.filter((found) => found !== undefined),
    ],
  };
}
