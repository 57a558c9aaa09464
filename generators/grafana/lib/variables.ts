import type { DataSource, Variable } from "./sdk.js";

/** The data source that a dashboard's first variable chooses. */
export const chosenDataSource: DataSource = { type: "prometheus", uid: "${datasource}" };

/**
 * Label that tells clusters apart. Prometheus adds it to what it sends elsewhere and not to what it keeps, so a selector
 * must let series pass that lack it.
 */
export const externalLabels = ["cluster"];

/** Variables that narrow what a dashboard shows. */
export type Narrowing = "cluster" | "node" | "namespace" | "job";

/** The matchers of a selector: the job, and the variables that narrow it. */
export function reads(job: string, ...by: readonly ("node" | "namespace")[]): string {
  return [`job="${job}"`, ...narrowed("cluster", ...by)].join(", ");
}

/** The matchers of a recording rule's series, which belong to no job. */
export function narrowed(...by: readonly Narrowing[]): string[] {
  return by.map((name) => `${name}=~"$${name}"`);
}

export const dataSource: Variable = {
  type: "datasource",
  name: "datasource",
  label: "Data source",
  description: "The Prometheus that is asked.",
  query: "prometheus",
  current: { text: "Prometheus", value: "prometheus" },
};

/** Everything that `label_values` finds, one or several of it, or all. */
function choice(
  name: Narrowing,
  label: string,
  description: string,
  query: string,
  how: "one" | "one or all" | "any",
): Variable {
  return {
    type: "query",
    name,
    label,
    description,
    datasource: chosenDataSource,
    definition: query,
    query: { qryType: 1, query, refId: "PrometheusVariableQueryEditor-VariableQuery" },
    // A cluster gets nodes and namespaces while the dashboard is open.
    refresh: 2,
    sort: 7,
    multi: how === "any",
    includeAll: how !== "one",
    // Also what lacks the label: a series of one cluster has no label cluster, a pod that waits no node.
    ...(how !== "one" && { allValue: ".*", current: { text: "All", value: "$__all" } }),
  };
}

const choices: Readonly<Record<Narrowing, Variable>> = {
  cluster: choice(
    "cluster",
    "Cluster",
    "Several only where the data source unites those of several clusters.",
    "label_values(up, cluster)",
    "one or all",
  ),
  node: choice(
    "node",
    "Node",
    "Nodes of the cluster.",
    'label_values(up{job="kubelet", cluster=~"$cluster"}, node)',
    "any",
  ),
  namespace: choice(
    "namespace",
    "Namespace",
    "Namespaces of the cluster.",
    'label_values(kube_namespace_created{job="kube-state-metrics", cluster=~"$cluster"}, namespace)',
    "any",
  ),
  job: choice("job", "Job", "The job whose metrics are counted.", 'label_values(up{cluster=~"$cluster"}, job)', "one"),
};

/** A dashboard's variables: the data source, the cluster, and what else narrows it. */
export function variables(by: readonly Exclude<Narrowing, "cluster">[]): readonly Variable[] {
  return [dataSource, choices.cluster, ...by.map((name) => choices[name])];
}
