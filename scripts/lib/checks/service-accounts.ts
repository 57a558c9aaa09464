import { find } from "../rendered/objects.js";
import { workloadsOf } from "../rendered/workloads.js";
import type { Check } from "./check.js";

/** Every pod that runs as a ServiceAccount finds it in its namespace. */
export const serviceAccounts: Check = {
  name: "service accounts",
  run: async ({ objects }) =>
    workloadsOf({ objects }).flatMap(({ object, namespace, pod: { serviceAccountName } }) => {
      if (serviceAccountName == null || find(objects, "v1/ServiceAccount", serviceAccountName, namespace)) return [];
      return {
        object,
        message: `runs as ServiceAccount ${serviceAccountName}, which the overlay does not render in ${namespace}`,
        fix: "add the ServiceAccount in the pod's namespace, or correct serviceAccountName",
      };
    }),
};
