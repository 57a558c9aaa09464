/**
 * Labels of nodes that are no machines. No DaemonSet runs there. A kubelet cannot be asked either: on Fargate no pod
 * reaches it but through the API server, and virtual-kubelet has neither `/metrics` nor `/metrics/cadvisor`.
 *
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/fargate.html,
 * https://learn.microsoft.com/azure/aks/virtual-nodes-cli, https://aws-otel.github.io/docs/getting-started/container-insights/eks-fargate
 */
export const virtualNodes: Readonly<Record<string, string>> = {
  "eks.amazonaws.com/compute-type": "fargate",
  type: "virtual-kubelet",
};
