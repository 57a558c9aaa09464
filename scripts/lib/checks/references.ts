import { find, type RenderedObject } from "../rendered/objects.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";

/** What a workload needs by name is there: its ServiceAccount, its PriorityClass, a StatefulSet's own Service. */
export const references: Check = {
  name: "references",
  run: async ({ objects }) => workloadsOf({ objects }).flatMap((workload) => missing(workload, objects)),
};

function missing({ object, namespace, pod, serviceName }: Workload, objects: readonly RenderedObject[]): Finding[] {
  const { serviceAccountName, priorityClassName } = pod;
  const findings: Finding[] = [];
  if (serviceAccountName != null && !find(objects, "v1/ServiceAccount", serviceAccountName, namespace)) {
    findings.push({
      object,
      message: `runs as ServiceAccount ${serviceAccountName}, which the overlay does not render in ${namespace}`,
      fix: "add the ServiceAccount in the pod's namespace, or correct serviceAccountName",
    });
  }
  // Classes of this prefix are Kubernetes' own.
  const ownClass = priorityClassName != null && !priorityClassName.startsWith("system-");
  if (ownClass && !find(objects, "scheduling.k8s.io/v1/PriorityClass", priorityClassName, undefined)) {
    findings.push({
      object,
      message: `has PriorityClass ${priorityClassName}, which the overlay does not render: no pod would be admitted`,
      fix: "add the PriorityClass, or correct priorityClassName",
    });
  }
  if (serviceName != null && !find(objects, "v1/Service", serviceName, namespace)) {
    findings.push({
      object,
      message: `is governed by Service ${serviceName}, which the overlay does not render in ${namespace}`,
      fix: "add the Service (clusterIP: None) in the same namespace, or correct serviceName",
    });
  }
  return findings;
}
