import { nameOf, type RenderedObject } from "../rendered/objects.js";
import { changedFields, type FieldChange } from "./fields.js";
import { refusedOf } from "./immutable.js";

/** An object that is not the same in two versions of an overlay. */
export interface ObjectChange {
  /** As findings name it, by its name in the old version. */
  readonly object: string;
  /** Its name in the new version, where a hash of its content is part of the name. */
  readonly renamed?: string;
  readonly fields: readonly FieldChange[];
  /** The changed fields that the API server refuses, and the command that makes room for the new version. */
  readonly refused?: { readonly fields: readonly string[]; readonly cure: string };
}

/** What became of the objects of an overlay. */
export interface ObjectChanges {
  /** As findings name them. */
  readonly added: readonly string[];
  /** `kubectl apply` leaves these in the cluster. */
  readonly removed: readonly string[];
  readonly changed: readonly ObjectChange[];
}

/** Compares what two versions of an overlay render. */
export function changedObjects(old: readonly RenderedObject[], now: readonly RenderedObject[]): ObjectChanges {
  const before = new Map(old.map((object) => [identity(object), object]));
  const after = new Map(now.map((object) => [identity(object), object]));
  const only = (one: ReadonlyMap<string, RenderedObject>, other: ReadonlyMap<string, RenderedObject>) =>
    [...one].filter(([key]) => !other.has(key)).map(([, object]) => nameOf(object));
  const changed = [...before].flatMap(([key, object]) => {
    const other = after.get(key);
    return other === undefined ? [] : changeOf(object, other);
  });
  return { added: only(after, before), removed: only(before, after), changed };
}

function changeOf(old: RenderedObject, now: RenderedObject): ObjectChange[] {
  const renamed = old.metadata.name !== now.metadata.name;
  const fields = changedFields(old, renamed ? { ...now, metadata: { ...now.metadata, name: old.metadata.name } } : now);
  if (fields.length === 0) return [];
  // Under another name it is another object, and nothing of the old one changes.
  const refused = renamed ? undefined : refusedOf(old, fields);
  return [
    {
      object: nameOf(old),
      ...(renamed && { renamed: nameOf(now) }),
      fields,
      ...(refused !== undefined && { refused }),
    },
  ];
}

/** What stays the same when the API's version or the content does: the version and the hash are not part of it. */
function identity(object: RenderedObject): string {
  const [group] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : [""];
  return [group, object.kind, object.metadata.namespace ?? "", unhashed(object)].join("/");
}

/**
 * The name without the hash that Kustomize puts behind that of a ConfigMap or Secret.
 * Source: encode in kustomize's api/hasher/hasher.go writes hashes with these characters alone.
 */
function unhashed({ kind, metadata: { name } }: RenderedObject): string {
  return kind === "ConfigMap" || kind === "Secret" ? name.replace(/-[2456789bcdfghkmt]{10}$/, "") : name;
}
