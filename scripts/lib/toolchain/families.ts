/** One Go module below `tools/`: programs of one origin and version, whose dependencies clash with the others'. */
interface Family {
  /** The folder below `tools/` with the go.mod. */
  readonly folder: string;
  /** The Go module whose version in that go.mod is the version of the programs; absent for our own. */
  readonly module?: string;
  /** Each program, and the Go package that it is built from. */
  readonly tools: Readonly<Record<string, string>>;
  readonly tags?: string;
  /** Variables that the linker sets, so that the programs report the version that they are. */
  readonly variables?: (version: string) => Readonly<Record<string, string>>;
  /** How long the first build takes on two cores, and the disk that it takes with what the Go command keeps. */
  readonly firstBuild: { readonly seconds: number; readonly gibibytes: number };
  /** No live test runs it, so it is not built ahead of them. */
  readonly onDemand?: true;
}

const prometheus = {
  folder: "prometheus",
  module: "github.com/prometheus/prometheus",
  // Of all the service discoveries only those that a Kubernetes cluster has: half the size and build time.
  tags: "remove_all_sd,enable_kubernetes_sd,enable_dns_sd",
  variables: (version: string) => ({ "github.com/prometheus/common/version.Version": version }),
} as const;

const kubernetes = {
  module: "k8s.io/kubernetes",
  variables: (version: string) => ({
    "k8s.io/component-base/version.gitVersion": `v${version}`,
    "k8s.io/component-base/version.gitMajor": version.split(".")[0] ?? "",
    "k8s.io/component-base/version.gitMinor": version.split(".")[1] ?? "",
  }),
} as const;

/**
 * Every program that is built from source, by the name of its family: what every cluster needs first, what one test needs last,
 * since they are built in this order ahead of the live tests. The versions are in `tools/<folder>/go.mod`.
 */
export const families = {
  kubernetes: {
    ...kubernetes,
    folder: "kubernetes",
    tools: {
      "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
      "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
      "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
      kubelet: "k8s.io/kubernetes/cmd/kubelet",
      "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy",
      kubectl: "k8s.io/kubernetes/cmd/kubectl",
    },
    firstBuild: { seconds: 420, gibibytes: 6 },
  },
  etcd: {
    folder: "etcd",
    module: "go.etcd.io/etcd/server/v3",
    tools: { etcd: "go.etcd.io/etcd/server/v3" },
    firstBuild: { seconds: 50, gibibytes: 1 },
  },
  containerd: {
    folder: "containerd",
    module: "github.com/containerd/containerd/v2",
    tools: {
      containerd: "github.com/containerd/containerd/v2/cmd/containerd",
      "containerd-shim-runc-v2": "github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2",
      ctr: "github.com/containerd/containerd/v2/cmd/ctr",
    },
    variables: (version: string) => ({ "github.com/containerd/containerd/v2/version.Version": version }),
    firstBuild: { seconds: 90, gibibytes: 1.5 },
  },
  prometheus: {
    ...prometheus,
    tools: { prometheus: "github.com/prometheus/prometheus/cmd/prometheus" },
    firstBuild: { seconds: 90, gibibytes: 2 },
  },
  promtool: {
    ...prometheus,
    tools: { promtool: "github.com/prometheus/prometheus/cmd/promtool" },
    firstBuild: { seconds: 90, gibibytes: 2 },
  },
  "node-exporter": {
    folder: "node-exporter",
    module: "github.com/prometheus/node_exporter",
    tools: { node_exporter: "github.com/prometheus/node_exporter" },
    variables: (version: string) => ({ "github.com/prometheus/common/version.Version": version }),
    firstBuild: { seconds: 30, gibibytes: 0.5 },
  },
  "kube-state-metrics": {
    folder: "kube-state-metrics",
    module: "k8s.io/kube-state-metrics/v2",
    tools: { "kube-state-metrics": "k8s.io/kube-state-metrics/v2" },
    variables: (version: string) => ({ "github.com/prometheus/common/version.Version": `v${version}` }),
    firstBuild: { seconds: 60, gibibytes: 1 },
  },
  alertmanager: {
    folder: "alertmanager",
    module: "github.com/prometheus/alertmanager",
    tools: {
      alertmanager: "github.com/prometheus/alertmanager/cmd/alertmanager",
      amtool: "github.com/prometheus/alertmanager/cmd/amtool",
    },
    variables: (version: string) => ({ "github.com/prometheus/common/version.Version": version }),
    firstBuild: { seconds: 60, gibibytes: 1 },
  },
  "blackbox-exporter": {
    folder: "blackbox-exporter",
    module: "github.com/prometheus/blackbox_exporter",
    tools: { blackbox_exporter: "github.com/prometheus/blackbox_exporter" },
    variables: (version: string) => ({ "github.com/prometheus/common/version.Version": version }),
    firstBuild: { seconds: 40, gibibytes: 0.5 },
  },
  coredns: {
    folder: "coredns",
    module: "github.com/coredns/coredns",
    tools: { coredns: "plain-prometheus/tools/coredns" },
    firstBuild: { seconds: 50, gibibytes: 1 },
  },
  "kube-network-policies": {
    folder: "kube-network-policies",
    module: "sigs.k8s.io/kube-network-policies",
    tools: { "kube-network-policies": "plain-prometheus/tools/kube-network-policies" },
    firstBuild: { seconds: 80, gibibytes: 1 },
  },
  kustomize: {
    folder: "kustomize",
    module: "sigs.k8s.io/kustomize/kustomize/v5",
    tools: { kustomize: "sigs.k8s.io/kustomize/kustomize/v5" },
    variables: (version: string) => ({ "sigs.k8s.io/kustomize/api/provenance.version": `v${version}` }),
    firstBuild: { seconds: 20, gibibytes: 0.5 },
  },
  kubeconform: {
    folder: "kubeconform",
    module: "github.com/yannh/kubeconform",
    tools: { kubeconform: "github.com/yannh/kubeconform/cmd/kubeconform" },
    variables: (version: string) => ({ "main.version": `v${version}` }),
    firstBuild: { seconds: 10, gibibytes: 0.3 },
  },
  "kube-score": {
    folder: "kube-score",
    module: "github.com/zegl/kube-score",
    tools: { "kube-score": "github.com/zegl/kube-score/cmd/kube-score" },
    variables: (version: string) => ({ "main.version": version }),
    firstBuild: { seconds: 40, gibibytes: 0.5 },
  },
  pause: {
    folder: "pause",
    tools: { pause: "plain-prometheus/tools/pause" },
    firstBuild: { seconds: 3, gibibytes: 0.1 },
  },
  "kubernetes-1.34": {
    ...kubernetes,
    folder: "kubernetes-1.34",
    tools: { "kube-apiserver-1.34": "k8s.io/kubernetes/cmd/kube-apiserver" },
    firstBuild: { seconds: 300, gibibytes: 4 },
  },
  argocd: {
    folder: "argocd",
    module: "github.com/argoproj/argo-cd/v3",
    tools: { argocd: "plain-prometheus/tools/argocd" },
    variables: (version: string) => ({ "github.com/argoproj/argo-cd/v3/common.version": version }),
    firstBuild: { seconds: 300, gibibytes: 4 },
  },
  kwok: {
    folder: "kwok",
    module: "sigs.k8s.io/kwok",
    tools: { kwok: "sigs.k8s.io/kwok/cmd/kwok" },
    variables: (version: string) => ({ "sigs.k8s.io/kwok/pkg/consts.Version": version }),
    firstBuild: { seconds: 150, gibibytes: 1.5 },
    onDemand: true,
  },
  "node-player": {
    folder: "node-player",
    tools: { "node-player": "plain-prometheus/tools/node-player" },
    firstBuild: { seconds: 15, gibibytes: 0.2 },
    onDemand: true,
  },
  thanos: {
    folder: "thanos",
    module: "github.com/thanos-io/thanos",
    // Without slicelabels it compiles and starts, and panics at the first request.
    tags: "netgo,slicelabels",
    tools: { thanos: "github.com/thanos-io/thanos/cmd/thanos" },
    variables: (version: string) => ({ "github.com/prometheus/common/version.Version": version }),
    firstBuild: { seconds: 130, gibibytes: 2.5 },
  },
  versitygw: {
    folder: "versitygw",
    module: "github.com/versity/versitygw",
    tools: { versitygw: "github.com/versity/versitygw/cmd/versitygw" },
    variables: (version: string) => ({ "main.Version": version }),
    firstBuild: { seconds: 60, gibibytes: 1 },
  },
  "kustomize-controller": {
    folder: "kustomize-controller",
    module: "github.com/fluxcd/kustomize-controller",
    tools: { "kustomize-controller": "github.com/fluxcd/kustomize-controller" },
    firstBuild: { seconds: 400, gibibytes: 4 },
    onDemand: true,
  },
  "source-controller": {
    folder: "source-controller",
    module: "github.com/fluxcd/source-controller",
    tools: { "source-controller": "github.com/fluxcd/source-controller" },
    firstBuild: { seconds: 300, gibibytes: 4 },
    onDemand: true,
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;

type KeysOfEach<T> = T extends unknown ? keyof T : never;

/** The name of a program, as `toolchain.tool` takes it. */
export type ToolName = KeysOfEach<(typeof families)[FamilyName]["tools"]>;

/** The family that a program belongs to. */
export function familyOf(tool: ToolName): FamilyName {
  const found = Object.entries(families).find(([, { tools }]) => tool in tools);
  if (found === undefined) throw new Error(`no family builds ${tool}`);
  return found[0] as FamilyName;
}

/** A family's entry with its optional parts in sight. */
export function family(name: FamilyName): Family {
  return families[name];
}
