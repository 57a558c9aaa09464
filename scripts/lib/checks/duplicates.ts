import { nameOf } from "../rendered/objects.js";
import type { Check } from "./check.js";

/** No two objects would overwrite each other in the cluster. */
export const duplicates: Check = {
  name: "duplicates",
  run: async ({ objects }) => {
    const identities = objects.map((object) => {
      const [group] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : [""];
      return `${group} ${nameOf(object)}`;
    });
    return objects
      .filter((_, index) => identities.indexOf(identities[index] ?? "") < index)
      .map((object) => ({
        object: nameOf(object),
        message: "is rendered twice: the second would overwrite the first",
        fix: "remove one, or give it another name",
      }));
  },
};
