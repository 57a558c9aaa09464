import alertmanager from "./alertmanager.json" with { type: "json" };
import blackboxExporter from "./blackbox-exporter.json" with { type: "json" };
import cadvisor from "./cadvisor.json" with { type: "json" };
import coredns from "./coredns.json" with { type: "json" };
import etcd from "./etcd.json" with { type: "json" };
import kubeControllerManager from "./kube-controller-manager.json" with { type: "json" };
import kubeProxy from "./kube-proxy.json" with { type: "json" };
import kubeScheduler from "./kube-scheduler.json" with { type: "json" };
import kubeStateMetrics from "./kube-state-metrics.json" with { type: "json" };
import kubeStateMetricsTelemetry from "./kube-state-metrics-telemetry.json" with { type: "json" };
import kubelet from "./kubelet.json" with { type: "json" };
import kubeletProbes from "./kubelet-probes.json" with { type: "json" };
import kubeletResource from "./kubelet-resource.json" with { type: "json" };
import kubeletSlis from "./kubelet-slis.json" with { type: "json" };
import kubernetesApiservers from "./kubernetes-apiservers.json" with { type: "json" };
import kubernetesApiserversSlis from "./kubernetes-apiservers-slis.json" with { type: "json" };
import nodeExporter from "./node-exporter.json" with { type: "json" };
import probes from "./probes.json" with { type: "json" };
import prometheus from "./prometheus.json" with { type: "json" };
import thanosCompact from "./thanos-compact.json" with { type: "json" };
import thanosQuery from "./thanos-query.json" with { type: "json" };
import thanosQueryFrontend from "./thanos-query-frontend.json" with { type: "json" };
import thanosSidecar from "./thanos-sidecar.json" with { type: "json" };
import thanosStore from "./thanos-store.json" with { type: "json" };
import type { JobCatalogue } from "./types.js";

/** Everything that was recorded, by job. `npm run catalogue` writes the files. */
export const catalogues: ReadonlyMap<string, JobCatalogue> = new Map<string, JobCatalogue>(
  Object.entries<unknown>({
    alertmanager,
    "blackbox-exporter": blackboxExporter,
    cadvisor,
    coredns,
    etcd,
    "kube-controller-manager": kubeControllerManager,
    "kube-proxy": kubeProxy,
    "kube-scheduler": kubeScheduler,
    "kube-state-metrics-telemetry": kubeStateMetricsTelemetry,
    "kube-state-metrics": kubeStateMetrics,
    "kubelet-probes": kubeletProbes,
    "kubelet-resource": kubeletResource,
    "kubelet-slis": kubeletSlis,
    kubelet,
    "kubernetes-apiservers-slis": kubernetesApiserversSlis,
    "kubernetes-apiservers": kubernetesApiservers,
    "node-exporter": nodeExporter,
    probes,
    prometheus,
    "thanos-compact": thanosCompact,
    "thanos-query-frontend": thanosQueryFrontend,
    "thanos-query": thanosQuery,
    "thanos-sidecar": thanosSidecar,
    "thanos-store": thanosStore,
  }) as [string, JobCatalogue][],
);
