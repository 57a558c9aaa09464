import { components, elsewhere, stack } from "../../../generators/index.js";
import type { Component } from "../../../generators/lib/base-and-component.js";
import { earlierThan, withIncluded } from "../../../generators/lib/listing.js";
import { projectSettings } from "../settings.js";

/** What `base/` has to make an overlay of. */
export interface Offer {
  readonly components: readonly Component[];
  /** Folders of the core, such as `prometheus`. */
  readonly core: readonly string[];
  /** What Prometheus may see of other namespaces, with `namespaced-access`. */
  readonly access: readonly Access[];
}

/** A folder of `base/access/`: a Role in another namespace, and who has it. */
export interface Access {
  /** The job's name where it is for one that is a Component, else that of the namespace. */
  readonly folder: string;
  readonly binding: { readonly name: string; readonly namespace: string };
}

/** What the generators give. */
export function offer(): Offer {
  return {
    components: components(projectSettings()),
    core: stack(projectSettings()).map(({ name }) => name),
    access: elsewhere(projectSettings()).map(({ name, objects }) => {
      const metadata = objects.find(({ kind }) => kind === "RoleBinding")?.metadata;
      return {
        folder: name.replace("access/", ""),
        binding: { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "" },
      };
    }),
  };
}

const platform = "platform-";

/** Names of platforms, which are Components `platform-<name>`. */
export function platformsOf({ components }: Offer): string[] {
  return components.flatMap(({ name }) => (name.startsWith(platform) ? name.slice(platform.length) : []));
}

/** Whether the platform's Component switches on the job of kube-proxy. */
export function bringsKubeProxy({ components }: Offer, name: string): boolean {
  return components.some((one) => one.name === `${platform}${name}` && one.includes?.includes("kube-proxy"));
}

/** The features that can be listed as they are. */
export function featuresOf({ components }: Offer): readonly Component[] {
  return components.filter(({ name, blanks = {} }) => !name.startsWith(platform) && Object.keys(blanks).length === 0);
}

/** The chosen Components in an order in which they build, with those that they need where they meet. */
export function inOrder(chosen: readonly string[], { components }: Offer): string[] {
  const there = chosen.flatMap((name) => partsOf(name, components)).map(({ name }) => name);
  const meetings = components.filter(({ with: those }) => those?.every((name) => there.includes(name)));
  const pending = new Set([...chosen, ...meetings.map(({ name }) => name)].sort());
  const isEarlier = (one: string, other: string) => {
    const wanted = partsOf(other, components).flatMap((part) => earlierThan(part, components));
    return partsOf(one, components).some(({ name }) => wanted.includes(name));
  };
  const listed: string[] = [];
  while (pending.size > 0) {
    const names = [...pending];
    // Where two want to be before each other, Kustomize says what is wrong.
    const next = names.find((name) => !names.some((other) => isEarlier(other, name))) ?? names[0] ?? "";
    listed.push(next);
    pending.delete(next);
  }
  return listed;
}

/** What Prometheus may see elsewhere that these Components ask for: a job's own only where the job is on. */
export function accessFor(chosen: readonly string[], { components, access }: Offer): readonly Access[] {
  const on = chosen.flatMap((name) => partsOf(name, components)).map(({ name }) => name);
  return access.filter(({ folder }) => !components.some(({ name }) => name === folder) || on.includes(folder));
}

/** A Component by its name, and those that come with it. */
function partsOf(name: string, components: readonly Component[]): Component[] {
  return components.filter((one) => one.name === name).flatMap((one) => withIncluded(one, components));
}
