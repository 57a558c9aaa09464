import type { Platform, PlatformJob, Verdict } from "./types.js";

/*
 * What of Kubernetes can be read differs from one platform to the next. A job that finds nothing is an alert that fires
 * for ever, so each platform has a Component that switches on what is there.
 */

const docs = "https://kubernetes.io/docs/reference";
const on: Verdict = { on: true, why: "" };

function needs(why: string): Verdict {
  return { on: true, why };
}

function off(why: string): Verdict {
  return { on: false, why };
}

const proxyOpened = needs("`metricsBindAddress: 0.0.0.0:10249` in kube-proxy's configuration");

/** Static pods that kubeadm makes, which listen at 127.0.0.1 only. */
const ofKubeadm: Readonly<Record<PlatformJob, Verdict>> = {
  coredns: on,
  "kube-proxy": proxyOpened,
  "kube-scheduler": needs(
    "`bind-address: 0.0.0.0`, and a certificate of the cluster's CA or `insecure-control-plane-tls`",
  ),
  "kube-controller-manager": needs(
    "`bind-address: 0.0.0.0`, and a certificate of the cluster's CA or `insecure-control-plane-tls`",
  ),
  etcd: needs("`listen-metrics-urls: http://0.0.0.0:2381`, or `etcd-client-certificate`"),
};

/** A control plane that belongs to somebody else, who shows no more of it than the API server. */
function hiddenBy(provider: string): Readonly<Record<"kube-scheduler" | "kube-controller-manager" | "etcd", Verdict>> {
  const hidden = off(`${provider} runs it where no pod reaches it`);
  return { "kube-scheduler": hidden, "kube-controller-manager": hidden, etcd: hidden };
}

const oneProgram = "is part of the program that the kubelet is part of";

/** Every platform, each a Component. One of your own is one more entry. */
export const platforms: readonly Platform[] = [
  {
    name: "kubeadm",
    title: "kubeadm",
    verdicts: ofKubeadm,
    proven: "live",
    sources: [
      "https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/controlplane/manifests.go",
      "https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/etcd/local.go",
      `${docs}/config-api/kube-proxy-config.v1alpha1/`,
    ],
  },
  {
    name: "kind",
    title: "kind",
    verdicts: ofKubeadm,
    proven: "rendered",
    sources: ["https://github.com/kubernetes-sigs/kind/blob/main/pkg/cluster/internal/kubeadm/config.go"],
  },
  {
    name: "talos",
    title: "Talos Linux",
    verdicts: {
      ...ofKubeadm,
      "kube-proxy": needs("`cluster.proxy.extraArgs`: `metrics-bind-address: 0.0.0.0:10249`"),
      etcd: needs("`cluster.etcd.extraArgs`: `listen-metrics-urls: http://0.0.0.0:2381`"),
    },
    proven: "rendered",
    sources: [
      "https://docs.siderolabs.com/kubernetes-guides/monitoring-and-observability/etcd-metrics",
      "https://github.com/siderolabs/talos/blob/main/internal/app/machined/pkg/controllers/k8s/internal/k8stemplates/coredns.go",
    ],
  },
  {
    name: "k3s",
    title: "k3s",
    verdicts: {
      coredns: on,
      "kube-proxy": off(`it ${oneProgram}, and its series are in job \`kubelet\``),
      "kube-scheduler": off(`it ${oneProgram}, and its series are in job \`kubernetes-apiservers\``),
      "kube-controller-manager": off(`it ${oneProgram}, and its series are in job \`kubernetes-apiservers\``),
      etcd: off("one server keeps its objects in SQLite; with etcd and `etcd-expose-metrics: true`, list `etcd` too"),
    },
    proven: "imitated",
    sources: [
      "https://docs.k3s.io/reference/metrics",
      "https://github.com/k3s-io/k3s/blob/master/manifests/coredns.yaml",
    ],
  },
  {
    name: "eks",
    title: "Amazon EKS",
    verdicts: {
      coredns: on,
      "kube-proxy": proxyOpened,
      "kube-scheduler": needs("Kubernetes 1.28 or newer: the API server hands its metrics on"),
      "kube-controller-manager": needs("Kubernetes 1.28 or newer: the API server hands its metrics on"),
      etcd: hiddenBy("AWS").etcd,
    },
    proven: "rendered",
    sources: [
      "https://docs.aws.amazon.com/eks/latest/userguide/view-raw-metrics.html",
      "https://docs.aws.amazon.com/eks/latest/userguide/coredns-metrics.html",
    ],
  },
  {
    name: "gke",
    title: "Google GKE",
    verdicts: {
      coredns: off("its DNS is kube-dns or Cloud DNS"),
      "kube-proxy": off("it is Google's to configure; with Dataplane V2 there is none"),
      ...hiddenBy("Google"),
    },
    proven: "rendered",
    sources: ["https://cloud.google.com/kubernetes-engine/docs/how-to/control-plane-metrics"],
  },
  {
    name: "aks",
    title: "Azure AKS",
    verdicts: { coredns: on, "kube-proxy": on, ...hiddenBy("Azure") },
    proven: "rendered",
    sources: [
      "https://github.com/Azure/prometheus-collector/tree/main/otelcollector/configmapparser/default-prom-configs",
      "https://learn.microsoft.com/azure/aks/control-plane-metrics-monitor",
    ],
  },
];
