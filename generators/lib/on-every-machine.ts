import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { because } from "./because.js";
import { virtualNodes } from "./virtual-nodes.js";

/** Where the pods of a DaemonSet run that looks at the nodes themselves, and before whom: on every Linux machine. */
export const onEveryMachine: Pick<IPodSpec, "nodeSelector" | "affinity" | "priorityClassName" | "tolerations"> =
  because(
    {
      nodeSelector: { "kubernetes.io/os": "linux" },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: Object.entries(virtualNodes).map(([key, value]) => ({
                  key,
                  operator: "NotIn",
                  values: [value],
                })),
              },
            ],
          },
        },
      },
      priorityClassName: "system-node-critical",
      tolerations: [{ operator: "Exists" }],
    },
    {
      affinity: "Nodes that are no machines (Fargate, virtual nodes) run no pod of a DaemonSet.",
      tolerations: "A node in trouble, or one that is kept for some pods, is the one worth looking at.",
    },
  );
