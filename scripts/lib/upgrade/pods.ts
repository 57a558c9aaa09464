import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import { nameOf, ofKind, type RenderedObject } from "../rendered/objects.js";
import { changedFields } from "./fields.js";
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
}

interface Runs {
  readonly object: string;
  readonly namespace: string | undefined;
  readonly replicas: number | undefined;
  readonly template: Pick<IPodTemplateSpec, "metadata" | "spec">;
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
    if (one === undefined) return [{ object, what: "start", why: [] }];
    if (other === undefined) return [{ object, what: "stop", why: [] }];
    const refused = objects.find((change) => change.object === object)?.refused;
    const template = changedFields(one.template, other.template, "spec.template").map(({ path }) => path);
    const restarts = template.length > 0 ? template : (refused?.fields ?? []);
    if (restarts.length > 0) return [{ object, what: "restart", why: restarts }];
    return [...scaled(one, other), ...reading(other, files)];
  });
}

function workloads(objects: readonly RenderedObject[]): Runs[] {
  const runs = (
    object: RenderedObject,
    spec: { replicas?: number; template?: Runs["template"] } | undefined,
  ): Runs => ({
    object: nameOf(object),
    namespace: object.metadata.namespace,
    replicas: spec?.replicas,
    template: spec?.template ?? {},
  });
  return [
    ...ofKind(objects, "apps/v1/Deployment").map((object) => runs(object, object.spec)),
    ...ofKind(objects, "apps/v1/StatefulSet").map((object) => runs(object, object.spec)),
    ...ofKind(objects, "apps/v1/DaemonSet").map((object) => runs(object, object.spec)),
  ];
}

function scaled({ object, replicas }: Runs, { replicas: now }: Runs): PodsChange[] {
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

function reading({ object, namespace, template }: Runs, files: ReadonlySet<string>): PodsChange[] {
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
