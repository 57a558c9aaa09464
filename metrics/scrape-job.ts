/**
 * The part of Prometheus' configuration that this bundle uses, in Prometheus' own words; promtool is the authority.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
export interface ScrapeConfig {
  readonly job_name: string;
  readonly scheme?: "http" | "https";
  readonly metrics_path?: string;
  readonly scrape_interval?: string;
  readonly honor_labels?: boolean;
  readonly track_timestamps_staleness?: boolean;
  /** The form of an answer whose Content-Type says none: without it, such a target is down. */
  readonly fallback_scrape_protocol?: string;
  readonly authorization?: { readonly credentials_file: string };
  readonly basic_auth?: { readonly username_file: string; readonly password_file: string };
  readonly tls_config?: TlsConfig;
  readonly static_configs?: readonly StaticConfig[];
  readonly kubernetes_sd_configs?: readonly KubernetesSdConfig[];
  /** Files with lists of targets, which Prometheus reads again whenever they change. */
  readonly file_sd_configs?: readonly { readonly files: readonly string[] }[];
  readonly relabel_configs?: readonly RelabelConfig[];
  readonly metric_relabel_configs?: readonly RelabelConfig[];
  /** Each histogram becomes a native one with the bounds of its buckets, before `metric_relabel_configs`. Absent: as `global` says. */
  readonly convert_classic_histograms_to_nhcb?: boolean;
  /** A histogram that is kept as a native one is kept as a classic one too. Absent: as `global` says. */
  readonly always_scrape_classic_histograms?: boolean;
  /** Histograms that the target itself exposes as native ones are taken. Absent: as `global` says. */
  readonly scrape_native_histograms?: boolean;
  /** Targets; past it, all of them count as failed. */
  readonly target_limit?: number;
  /** Samples of one scrape that are left after relabelling; past it, and past the limits below, the scrape fails. */
  readonly sample_limit?: number;
  /** Size of one uncompressed response, such as `16MB`. */
  readonly body_size_limit?: string;
  /** Labels of one sample. */
  readonly label_limit?: number;
  /** Characters of one label's value. */
  readonly label_value_length_limit?: number;
}

/** How a target's certificate is checked, and with which one Prometheus identifies itself. */
export type TlsConfig =
  | { readonly ca_file: string; readonly cert_file?: string; readonly key_file?: string }
  | { readonly insecure_skip_verify: true };

export interface StaticConfig {
  readonly targets: readonly string[];
  /** Labels of these targets; `instance` is their address unless it is said here. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What Kubernetes discovery looks for, by role. */
export type KubernetesRole = "node" | "pod" | "service" | "endpointslice";

export interface KubernetesSdConfig {
  readonly role: KubernetesRole;
  /** Address of the API server. Absent: that of the cluster which Prometheus runs in, and with it its token and CA. */
  readonly api_server?: string;
  /** How discovery identifies itself. Scraping does not take it over, nor the other way round. */
  readonly authorization?: { readonly credentials_file: string };
  readonly tls_config?: { readonly ca_file: string };
  /** Absent: every namespace. */
  readonly namespaces?: { readonly own_namespace: true } | { readonly names: readonly string[] };
  /** Narrows what is listed and watched, kind by kind. Absent: everything. */
  readonly selectors?: readonly ({ readonly role: KubernetesRole } & (
    | { readonly field: string }
    | { readonly label: string }
  ))[];
  /** What else of the cluster the targets' labels tell: labels and annotations of their namespaces. */
  readonly attach_metadata?: { readonly namespace: true };
}

export type RelabelConfig =
  | { readonly action: "keep" | "drop"; readonly source_labels: readonly string[]; readonly regex: string }
  | {
      readonly source_labels: readonly string[];
      readonly target_label: string;
      readonly regex?: string;
      readonly replacement?: string;
    }
  | { readonly target_label: string; readonly replacement: string }
  | {
      readonly action: "hashmod";
      readonly source_labels: readonly string[];
      readonly target_label: string;
      readonly modulus: number;
    }
  | { readonly action: "labeldrop"; readonly regex: string };

/** How Prometheus finds Alertmanager: by the same means as targets. */
export type AlertmanagerDiscovery = Required<Pick<ScrapeConfig, "kubernetes_sd_configs" | "relabel_configs">> & Login;

/** Name and password that a server asks for, each in a file. Absent: it asks for none. */
export type Login = Pick<ScrapeConfig, "basic_auth">;

/** Where samples are sent besides. Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write */
export interface RemoteWrite extends Pick<ScrapeConfig, "authorization" | "basic_auth"> {
  readonly url: string;
  readonly tls_config?: { readonly ca_file?: string; readonly cert_file?: string; readonly key_file?: string };
  /** Tells it from others in metrics and logs. */
  readonly name: string;
  /** The message of remote write 1.0, or that of 2.0. */
  readonly protobuf_message: "prometheus.WriteRequest" | "io.prometheus.write.v2.Request";
  readonly send_native_histograms: boolean;
  /** Native histograms with custom buckets are sent as classic ones. */
  readonly convert_nhcb_to_classic?: boolean;
  readonly queue_config: {
    readonly min_shards: number;
    readonly max_shards: number;
    readonly retry_on_http_429: boolean;
  };
  readonly write_relabel_configs?: readonly RelabelConfig[];
}

/** Another Prometheus whose samples queries and rules see. Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_read */
export interface RemoteRead {
  readonly url: string;
  /** Tells it from others in metrics and logs. */
  readonly name: string;
  readonly remote_timeout: string;
  /** Also for times of which Prometheus has samples itself. */
  readonly read_recent: boolean;
  /** Only samples with Prometheus' own external labels, which are taken off. */
  readonly filter_external_labels: boolean;
}

/** The main configuration file. Scrape jobs live in files of their own. */
export interface PrometheusConfig {
  readonly global: {
    readonly scrape_interval: string;
    readonly scrape_timeout?: string;
    readonly evaluation_interval: string;
    /** Forms in which a target is asked for its metrics, the best one first. */
    readonly scrape_protocols?: readonly string[];
    /** Prometheus adds to every target what a scrape transferred, its limit and its timeout. */
    readonly extra_scrape_metrics?: boolean;
    readonly external_labels?: Readonly<Record<string, string>>;
  };
  readonly alerting?: {
    readonly alert_relabel_configs?: readonly { readonly action: "labeldrop"; readonly regex: string }[];
    readonly alertmanagers: readonly AlertmanagerDiscovery[];
  };
  readonly rule_files?: readonly string[];
  readonly remote_read?: readonly RemoteRead[];
  readonly scrape_config_files?: readonly string[];
  readonly scrape_configs?: readonly ScrapeConfig[];
}

/**
 * Which targets there must be, said apart from the discovery on purpose: a live check asks the cluster for these,
 * so that a wrong relabelling cannot fool it.
 */
export type Expectation =
  /** One target per node: at the port of its kubelet, or at a port of the host. */
  | {
      readonly every: "node";
      readonly port: "kubelet" | number;
      /** Only nodes of that operating system, by their label `kubernetes.io/os`. Absent: all of them. */
      readonly os?: "linux";
      /** Only nodes that run that, by their label `node-role.kubernetes.io/<part>`. Absent: all of them. */
      readonly part?: "control-plane";
    }
  /** One target per pod with the labels, at a port of it. */
  | {
      readonly every: "pod";
      readonly in: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly port: number;
    }
  /** One target, at an address that the job itself names. */
  | { readonly every: "address"; readonly address: string; readonly of: "api servers" }
  /** One target per ready endpoint of a Service, at its named port. */
  | {
      readonly every: "endpoint";
      readonly of: string;
      /** Other Services of the namespace whose endpoints are expected too. */
      readonly besides?: readonly string[];
      readonly port: string;
      readonly in: "own namespace" | "default";
    }
  /** One target per port of a pod, or of a pod behind a Service, whose annotations ask for it. */
  | {
      readonly every: "annotated";
      readonly kind: "pod" | "service";
      /** Those in which annotations count; none: all but the excluded ones. */
      readonly namespaces: readonly string[];
      readonly excludedNamespaces: readonly string[];
    }
  /** One target per address in the files of the job's `file_sd_configs`, asked of a Service of the own namespace. */
  | {
      readonly every: "probe";
      readonly by: string;
      readonly port: { readonly name: string; readonly number: number };
    };

/**
 * One scrape job: what Prometheus reads, and what a live check expects of it.
 * Permissions and policies are not said here: they follow from the config (see `generators/derive/`).
 */
export interface ScrapeJob {
  /** What it scrapes, in one sentence. */
  readonly about: string;
  /** The generator that wrote it, from the root of the project. */
  readonly source: string;
  readonly config: ScrapeConfig;
  readonly expects: Expectation;
}
