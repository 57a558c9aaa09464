import { isDeclared, orDeclare } from "../rendered/declared.js";
import { find, type Rendered } from "../rendered/objects.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";

/** What a workload needs by name is there: its ServiceAccount, its PriorityClass, a StatefulSet's own Service. */
export const references: Check = {
  name: "references",
  run: async (rendered) => workloadsOf(rendered).flatMap((workload) => missing(workload, rendered)),
};

function missing({ object, namespace, pod, serviceName }: Workload, rendered: Rendered): Finding[] {
  const { objects } = rendered;
  const { serviceAccountName, priorityClassName } = pod;
  const findings: Finding[] = [];
  const account = `ServiceAccount ${namespace}/${serviceAccountName}`;
  const priorityClass = `PriorityClass ${priorityClassName}`;
  const service = `Service ${namespace}/${serviceName}`;
  if (
    serviceAccountName != null &&
    !isDeclared(rendered, account) &&
    !find(objects, "v1/ServiceAccount", serviceAccountName, namespace)
  ) {
    findings.push({
      object,
      message: `runs as ServiceAccount ${serviceAccountName}, which the overlay does not render in ${namespace}`,
      fix: `add the ServiceAccount in the pod's namespace, or correct serviceAccountName${orDeclare(account)}`,
    });
  }
  // Classes of this prefix are Kubernetes' own.
  const ownClass = priorityClassName != null && !priorityClassName.startsWith("system-");
  if (
    ownClass &&
    !isDeclared(rendered, priorityClass) &&
    !find(objects, "scheduling.k8s.io/v1/PriorityClass", priorityClassName, undefined)
  ) {
    findings.push({
      object,
      message: `has PriorityClass ${priorityClassName}, which the overlay does not render: no pod would be admitted`,
      fix: `add the PriorityClass, or correct priorityClassName${orDeclare(priorityClass)}`,
    });
  }
  if (serviceName != null && !isDeclared(rendered, service) && !find(objects, "v1/Service", serviceName, namespace)) {
    findings.push({
      object,
      message: `is governed by Service ${serviceName}, which the overlay does not render in ${namespace}`,
      fix: `add the Service (clusterIP: None) in the same namespace, or correct serviceName${orDeclare(service)}`,
    });
  }
  return findings;
}
