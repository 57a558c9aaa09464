import { workloadsOf } from "../rendered/workloads.js";
import type { Check } from "./check.js";

/** Every image has a version: a tag other than `latest`, or a digest. */
export const images: Check = {
  name: "images",
  run: async ({ objects }) =>
    workloadsOf({ objects }).flatMap(({ object, containers }) =>
      containers
        .filter(({ image }) => !pinned(image ?? ""))
        .map(({ name, image }) => ({
          object,
          message: `container ${name} runs ${image ?? "no image"}, which says no version`,
          fix: "name a tag other than latest, or a digest (@sha256:...); base/ takes them from generators/versions.ts",
        })),
    ),
};

function pinned(image: string): boolean {
  if (image.includes("@")) return /@sha256:[0-9a-f]{64}$/.test(image);
  // No slash may follow: a colon before one belongs to the registry's port.
  const tag = /:(\w[\w.-]{0,127})$/.exec(image)?.[1];
  return tag !== undefined && tag !== "latest";
}
