import { nameOf } from "../rendered/objects.js";
import type { Check } from "./check.js";

/** Client-side apply keeps the object in an annotation of at most 256 KiB, which other annotations share. */
export const largestObject = 200 * 1024;

/** Every object is small enough for `kubectl apply`. */
export const size: Check = {
  name: "size",
  run: async ({ objects }) =>
    objects.flatMap((object) => {
      const bytes = Buffer.byteLength(JSON.stringify(object));
      if (bytes <= largestObject) return [];
      return {
        object: nameOf(object),
        message: `has ${Math.ceil(bytes / 1024)} KiB, and kubectl apply carries at most ${largestObject / 1024} KiB safely`,
        fix: "spread it over several objects, such as one ConfigMap per file",
      };
    }),
};
