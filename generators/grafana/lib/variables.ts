import type { DataSource, Variable } from "./sdk.js";

/** The data source that a dashboard's first variable chooses. */
export const chosenDataSource: DataSource = { type: "prometheus", uid: "${datasource}" };

/**
 * Label that tells clusters apart. Prometheus adds it to what it sends elsewhere and not to what it keeps, so a selector
 * must let series pass that lack it.
 */
export const externalLabels = ["cluster"];

/** Variables that narrow what a dashboard shows. */
export type Narrowing = "cluster" | "node" | "namespace" | "workload" | "pod" | "job";

/** The matchers of a selector: the job, and the variables that narrow it. */
export function reads(job: string, ...by: readonly Exclude<Narrowing, "cluster" | "job">[]): string {
  return [`job="${job}"`, ...narrowed("cluster", ...by)].join(", ");
}

/** Each series once, also while one kube-state-metrics takes over from another and both answer. */
export function once(series: string): string {
  return `max without (instance) (${series})`;
}

/** Zero in place of nothing, as long as the target that would tell of `series` answers: silence is no zero. */
export function orNone(expr: string, series: string): string {
  return `${expr} or 0 * group(${series})`;
}

/** The matchers of a recording rule's series, which belong to no job. */
export function narrowed(...by: readonly Narrowing[]): string[] {
  return by.map((name) => (name === "workload" ? ofWorkload : `${name}=~"$${name}"`));
}

/** What Kubernetes makes names unique with: no vowels, and no digits that look like letters. */
const random = "[bcdfghjklmnpqrstvwxz2456789]";

/** Pods by the name of what made them: `name-0`, `name-x7k2p`, `name-5d8f9c7b64-x7k2p`, `name-29384750-x7k2p`. */
const ofWorkload = `pod=~"$workload|$workload-((${random}{6,10}|[0-9]+)-)?(${random}{5}|[0-9]+)"`;

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
  regex?: string,
): Variable {
  return {
    type: "query",
    name,
    label,
    description,
    datasource: chosenDataSource,
    definition: query,
    query: { qryType: 1, query, refId: "PrometheusVariableQueryEditor-VariableQuery" },
    ...(regex !== undefined && { regex }),
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
  workload: choice(
    "workload",
    "Workload",
    "Deployments, StatefulSets, DaemonSets and Jobs of the chosen namespaces.",
    'label_values(kube_pod_info{job="kube-state-metrics", cluster=~"$cluster", namespace=~"$namespace", created_by_kind!="Node"}, created_by_name)',
    "any",
    // Without what a Deployment adds to the names of its ReplicaSets, and a CronJob to those of its Jobs.
    `/^(.+?)(?:-(?:${random}{6,10}|[0-9]{8,}))?$/`,
  ),
  pod: choice(
    "pod",
    "Pod",
    "Pods of the chosen namespaces.",
    `label_values(kube_pod_info{${reads("kube-state-metrics", "namespace", "workload")}}, pod)`,
    "any",
  ),
  job: choice("job", "Job", "The job whose metrics are counted.", 'label_values(up{cluster=~"$cluster"}, job)', "one"),
};

/** A dashboard's variables: the data source, the cluster, and what else narrows it. */
export function variables(by: readonly Exclude<Narrowing, "cluster">[]): readonly Variable[] {
  return [dataSource, choices.cluster, ...by.map((name) => choices[name])];
}
