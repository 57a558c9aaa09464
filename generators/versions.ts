/** The version of plain-prometheus, which package.json says too: `base/` names the one that wrote it. */
export const bundleVersion = "0.1.0";

/** Every image that this bundle runs, and its version. The only place: a bump is one line here. */

/** An image as its registry knows it. */
export interface Image {
  readonly repository: string;
  /** The registry's own name of the version, such as `v3.16.0`. */
  readonly tag: string;
  /** Digest of what the tag led to, `sha256:` and 64 hex digits. With it a runtime takes these very bytes or none. */
  readonly digest?: string;
}

export const images = {
  blackboxExporter: { repository: "quay.io/prometheus/blackbox-exporter", tag: "v0.28.0" },
  alertmanager: { repository: "quay.io/prometheus/alertmanager", tag: "v0.34.2" },
  prometheus: { repository: "quay.io/prometheus/prometheus", tag: "v3.16.0" },
  nodeExporter: { repository: "quay.io/prometheus/node-exporter", tag: "v1.12.1" },
  kubeStateMetrics: { repository: "registry.k8s.io/kube-state-metrics/kube-state-metrics", tag: "v2.20.0" },
  thanos: { repository: "quay.io/thanos/thanos", tag: "v0.42.4" },
} as const satisfies Record<string, Image>;

/** Images that are only ever pulled: what is in them does not build from Go modules, so the embedded cluster cannot make them. */
export const pulledImages = {
  grafana: { repository: "docker.io/grafana/grafana", tag: "13.2.3" },
} as const satisfies Record<string, Image>;

/** The registry of an image, the first part of its name. */
export function registryOf({ repository }: Pick<Image, "repository">): string {
  return repository.split("/")[0] ?? "";
}

/** What people call an image, the last part of its name. */
export function nameOf({ repository }: Pick<Image, "repository">): string {
  return repository.split("/").at(-1) ?? "";
}

/** The settings that say where an image comes from. */
interface Pulled {
  readonly workloads: {
    readonly registries: Readonly<Record<string, string | undefined>>;
    /** `TAG@sha256:...` by {@link nameOf}. */
    readonly digests: Readonly<Record<string, string | undefined>>;
  };
}

/**
 * The reference under which a container runtime pulls the image: `repository:tag`, or `repository:tag@sha256:...`.
 *
 * @param settings those that say which address stands in place of a registry, and the digests of images
 * @throws Error that names the image, when its tag is no version or its digest is cut short.
 */
export function reference(image: Image, settings?: Pulled): string {
  const { tag } = image;
  const digest = settings?.workloads.digests[nameOf(image)]?.split("@")[1] ?? image.digest;
  const registry = registryOf(image);
  const address = settings?.workloads.registries[registry] ?? registry;
  const repository = `${address}${image.repository.slice(registry.length)}`;
  const complain = (problem: string) => new Error(`generators/versions.ts: ${repository}: ${problem}`);
  if (!/^v?\d+\.\d+\.\d+[\w.-]*$/.test(tag)) throw complain(`tag "${tag}" is no version such as v1.2.3`);
  if (digest === undefined) return `${repository}:${tag}`;
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw complain(`digest "${digest}" is not sha256: and 64 hex digits, in lower case`);
  }
  return `${repository}:${tag}@${digest}`;
}

/** The version that a tag stands for: `3.16.0` for `v3.16.0`. */
export function versionOf({ tag }: Pick<Image, "tag">): string {
  return tag.replace(/^v/, "");
}
