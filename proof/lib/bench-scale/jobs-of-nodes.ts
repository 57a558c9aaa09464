/** The jobs with a target at every simulated node. */
export const jobsOfNodes: readonly string[] = ["kubelet", "cadvisor", "node-exporter"];
