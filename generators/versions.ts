/** Every image that this bundle runs, and its version. The only place: a bump is one line here. */

interface Image {
  readonly repository: string;
  readonly version: string;
  /** What stands before the version in the image's tags, where it is not `v`. */
  readonly tagPrefix?: string;
}

export const images = {
  alertmanager: { repository: "quay.io/prometheus/alertmanager", version: "0.34.2" },
  prometheus: { repository: "quay.io/prometheus/prometheus", version: "3.16.0" },
  nodeExporter: { repository: "quay.io/prometheus/node-exporter", version: "1.12.1" },
  kubeStateMetrics: { repository: "registry.k8s.io/kube-state-metrics/kube-state-metrics", version: "2.20.0" },
} as const satisfies Record<string, Image>;

/** Images that are only ever pulled: what is in them does not build from Go modules, so the embedded cluster cannot make them. */
export const pulledImages = {
  grafana: { repository: "docker.io/grafana/grafana", version: "13.2.3", tagPrefix: "" },
} as const satisfies Record<string, Image>;

/** The reference under which a container runtime pulls the image, `repository:vX.Y.Z`. */
export function reference({ repository, version, tagPrefix = "v" }: Image): string {
  return `${repository}:${tagPrefix}${version}`;
}
