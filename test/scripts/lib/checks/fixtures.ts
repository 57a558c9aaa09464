import { stringify } from "yaml";
import type { Check, Finding } from "../../../../scripts/lib/checks/check.js";
import type { Rendered, RenderedObject } from "../../../../scripts/lib/rendered/objects.js";

type Fields = Readonly<Record<string, unknown>>;

/** An object as Kustomize renders it, in namespace `monitoring` unless `metadata` says otherwise. */
export function object(apiVersion: string, kind: string, metadata: Fields, fields: Fields = {}): RenderedObject {
  return { apiVersion, kind, metadata: { namespace: "monitoring", name: "app", ...metadata }, ...fields };
}

/** A Deployment `app` of one container `app`, whose pods have the label `app: app`. */
export function deployment(container: Fields = {}, pod: Fields = {}, spec: Fields = {}): RenderedObject {
  const template = { metadata: { labels: { app: "app" } }, spec: { containers: [{ ...app, ...container }], ...pod } };
  return object(
    "apps/v1",
    "Deployment",
    {},
    { spec: { selector: { matchLabels: { app: "app" } }, template, ...spec } },
  );
}

const app = { name: "app", image: "example.test/app:v1", ports: [{ name: "http", containerPort: 8080 }] };

/** What an overlay would render that gives these objects. */
export function rendered(...objects: readonly RenderedObject[]): Rendered {
  return { overlay: "overlays/test", text: objects.map((each) => stringify(each)).join("---\n"), objects };
}

/** What a check finds in these objects. */
export async function findings(check: Check, ...objects: readonly RenderedObject[]): Promise<readonly Finding[]> {
  return await check.run(rendered(...objects));
}

/** What a check finds, as lines `object: message`. */
export async function messages(check: Check, ...objects: readonly RenderedObject[]): Promise<string[]> {
  return (await findings(check, ...objects)).map(({ object, message }) => `${object}: ${message}`);
}
