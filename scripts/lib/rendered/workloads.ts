import type { ILabelSelector } from "@kubernetes-models/apimachinery/apis/meta/v1/LabelSelector";
import type { IStatefulSetSpec } from "kubernetes-models/apps/v1/StatefulSetSpec";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import { nameOf, ofKind, type Rendered, type RenderedObject } from "./objects.js";

type Claims = NonNullable<IStatefulSetSpec["volumeClaimTemplates"]>;

/** Something that runs pods, and the pod that it runs. */
export interface Workload {
  /** As findings name it. */
  readonly object: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  /** Labels of its pods. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations of its pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly pod: IPodSpec;
  readonly containers: readonly IContainer[];
  readonly selector?: ILabelSelector;
  readonly replicas?: number;
  /** The Service that governs a StatefulSet. */
  readonly serviceName?: string;
  /** Claims that a StatefulSet makes for each pod; a volume of the same name comes with each. */
  readonly claims: Readonly<Claims>;
}

/** Everything in the overlay that runs pods. */
export function workloadsOf({ objects }: Pick<Rendered, "objects">): Workload[] {
  return [
    ...ofKind(objects, "apps/v1/Deployment").map((object) => workload(object, object.spec?.template, object.spec)),
    ...ofKind(objects, "apps/v1/StatefulSet").map((object) => workload(object, object.spec?.template, object.spec)),
    ...ofKind(objects, "apps/v1/DaemonSet").map((object) => workload(object, object.spec?.template, object.spec)),
    ...ofKind(objects, "batch/v1/Job").map((object) => workload(object, object.spec?.template)),
    ...ofKind(objects, "batch/v1/CronJob").map((object) => workload(object, object.spec?.jobTemplate?.spec?.template)),
    ...ofKind(objects, "v1/Pod").map((object) => workload(object, object)),
  ];
}

function workload(
  object: RenderedObject,
  template: Pick<IPodTemplateSpec, "metadata" | "spec"> | undefined,
  spec?: { selector?: ILabelSelector; replicas?: number; serviceName?: string; volumeClaimTemplates?: Claims },
): Workload {
  const pod = template?.spec ?? { containers: [] };
  return {
    object: nameOf(object),
    kind: object.kind,
    namespace: object.metadata.namespace,
    labels: template?.metadata?.labels ?? {},
    annotations: template?.metadata?.annotations ?? {},
    pod,
    containers: [...(pod.initContainers ?? []), ...(pod.containers ?? [])],
    ...(spec?.selector && { selector: spec.selector }),
    ...(typeof spec?.replicas === "number" && { replicas: spec.replicas }),
    ...(spec?.serviceName && { serviceName: spec.serviceName }),
    claims: spec?.volumeClaimTemplates ?? [],
  };
}
