import { noUrl } from "../../../generators/components/remote-write.js";
import { placeholdersIn } from "../../../generators/lib/placeholder.js";
import { nameOf } from "../rendered/objects.js";
import type { Check } from "./check.js";

/** Nothing is left that only the environment can say. */
export const placeholders: Check = {
  name: "placeholders",
  run: async ({ objects }) =>
    objects.flatMap((object) =>
      [...new Set(textsIn(object).flatMap(placeholdersIn))].map((text) => ({
        object: nameOf(object),
        message: `still says ${text}`,
        fix:
          text === noUrl
            ? "set remoteWrite.url in settings.yaml, or say it in the overlay as docs/remote-write.md shows"
            : "patch it: docs/ways-in.md shows how, and the API server refuses it as it is",
      })),
    ),
};

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
