import * as v from "valibot";
import { milliseconds } from "../../metrics/duration.js";
import { didYouMean, nearest } from "../../metrics/promql/nearest.js";
import { inWords } from "../lib/in-words.js";
import { type Image, images, nameOf, pulledImages, registryOf } from "../versions.js";
import { alertmanager } from "./alertmanager.js";
import {
  address,
  bytesOf,
  connections,
  count,
  cpu,
  dnsLabel,
  domain,
  duration,
  durationFrom,
  durationUpTo,
  endpointUrl,
  hostAndPort,
  imageDigest,
  labelKey,
  labelValue,
  memory,
  metricName,
  mostReplicas,
  namespaces,
  nodePort,
  pageUrl,
  parts,
  path,
  pattern,
  probed,
  promql,
  reason,
  registryAddress,
  replicas,
  setting,
  size,
  subdomain,
  subject,
} from "./forms.js";
import { jobNames } from "./job-names.js";
import { moved } from "./moved.js";
import { podMounts } from "./pod-mounts.js";
import { moduleNames } from "./probe-modules.js";
import { quantity } from "./quantity.js";
import { thresholds } from "./thresholds.js";

/*
 * What a user may turn. A setting changes the shape of the whole base; what differs from one environment to the next
 * (resources, retention, namespace, TLS of the kubelet) is patched by an overlay or switched on by a Component.
 */

/** Prometheus' own blocks may take this part of its volume: the log, the head and compactions need the rest. */
export const shareOfVolume = 0.85;

export { milliseconds };

/** How soon somebody has to act: at once, in working hours, or beside something worse alone. */
const severities = ["critical", "warning", "info"] as const;

const scrapeInterval = durationUpTo("75s", "the rules look at five minutes, which have to hold four scrapes");
const evaluationInterval = durationUpTo("2m", "what a rule recorded counts as gone after five minutes");

/** Forms in which targets give metrics, by the names that Prometheus has for them. */
const scrapeProtocols = [
  "PrometheusText0.0.4",
  "PrometheusText1.0.0",
  "OpenMetricsText0.0.1",
  "OpenMetricsText1.0.0",
] as const;

/** What components/annotated-workloads may find, and how much of it. */
const annotatedWorkloads = v.strictObject({
  namespaces: setting(namespaces, [], "The only namespaces in which annotations count; none named: all of them."),
  excludedNamespaces: setting(
    namespaces,
    ["kube-system"],
    "Namespaces in which annotations do not count: what Kubernetes itself runs has jobs of its own.",
  ),
  samples: setting(
    count,
    5000,
    "Samples that one target may give at a time; with more than that it is refused, and down.",
  ),
  fallbackScrapeProtocol: setting(
    v.picklist(scrapeProtocols, `must be one of ${scrapeProtocols.join(", ")}`),
    "PrometheusText0.0.4",
    "How the answer of a target is read that says no Content-Type, or an unknown one.",
  ),
});

/** What components/lean keeps beside what the bundle's own rules and dashboards read. */
const lean = v.strictObject({
  scrapeInterval: setting(
    scrapeInterval,
    "30s",
    "How often the bundle's jobs are scraped, where that is less often than scrape.interval and nobody reads a window under four times this.",
  ),
  names: setting(
    v.pipe(v.array(metricName), v.title("list of names of metrics")),
    [],
    "Names that are kept whole, such as one that you ask for by hand.",
  ),
  expressions: setting(
    v.pipe(v.array(promql), v.title("list of PromQL")),
    [],
    "Expressions that somebody asks: the series that they read are kept.",
  ),
  files: setting(
    v.pipe(v.array(path), v.title("list of paths")),
    [],
    "Files that read series: Grafana's dashboards (.json), rules (.yml) and PromQL (.promql).",
  ),
});

/** Names of metrics that are sent, or that are not. */
const metricPatterns = v.pipe(
  v.array(pattern),
  v.title("list of regular expressions of whole names, such as `node_.+`"),
  v.maxLength(500, "must have at most 500 entries"),
);

/** Where components/remote-write and components/agent send samples, and which. */
const remoteWrite = v.strictObject({
  url: v.pipe(
    v.optional(endpointUrl),
    v.description("Where samples are sent. An overlay says its own in the ConfigMap `remote-write-endpoint` instead."),
  ),
  protocol: setting(
    v.picklist(["v2", "v1"], "must be v2 or v1"),
    "v2",
    "Remote write 2.0, or 1.0 for an endpoint that answers 2.0 with 415.",
  ),
  auth: setting(
    v.picklist(["bearer", "basic", "mtls", "none"], "must be bearer, basic, mtls or none"),
    "bearer",
    "How Prometheus identifies itself, by keys of the Secret `prometheus-remote-write`: `token`; `username` and `password`; `tls.crt` and `tls.key`.",
  ),
  privateCa: setting(
    v.boolean(),
    false,
    "Whether the endpoint's certificate is checked against `ca.crt` of that Secret, in place of the authorities that everybody knows.",
  ),
  connections: setting(
    connections,
    4,
    "Connections by which samples are sent at a time. Each takes about 4 MB of memory, and of a round trip of 100 ms sends 20,000 samples a second.",
  ),
  bufferTime: setting(
    durationUpTo("7d", "an agent that starts reads all of it"),
    "2h",
    "How long the endpoint may be away until components/agent loses samples; an overlay sets the variable WAL_TRUNCATE_FREQUENCY to twice that.",
  ),
  keep: setting(metricPatterns, [], "The only metrics that are sent; none named: all of them."),
  drop: setting(metricPatterns, [], "Metrics that are not sent."),
});

/** Into how many parts the work is cut. */
const sharding = v.strictObject({
  prometheus: setting(
    parts(100),
    2,
    "Shards of Prometheus in components/sharded, each of which scrapes its share of the targets.",
  ),
  kubeStateMetrics: setting(
    parts(mostReplicas),
    2,
    "Instances of kube-state-metrics in components/kube-state-metrics-shards, each of which reports its share of the objects.",
  ),
});

/** Where people reach the pages: links in notifications lead there. */
const externalUrls = v.strictObject({
  prometheus: v.pipe(v.optional(pageUrl), v.description("Of Prometheus; links of alerts lead there.")),
  alertmanager: v.pipe(v.optional(pageUrl), v.description("Of Alertmanager; links of notifications lead there.")),
  grafana: v.pipe(v.optional(pageUrl), v.description("Of Grafana, for components/grafana.")),
});

/** What is otherwise with one job: that it is off, how often it is scraped, and what one target may give at a time. */
const job = v.pipe(
  v.strictObject({
    off: v.optional(reason),
    scrapeInterval: v.optional(scrapeInterval),
    scrapeTimeout: v.optional(duration),
    samples: v.optional(count),
    bodySize: v.optional(size),
  }),
  v.check(
    ({ off, ...others }) => off === undefined || Object.keys(others).length === 0,
    'must have nothing beside "off": a job that is off is not scraped',
  ),
);
const jobs = v.pipe(
  v.record(
    v.picklist(
      jobNames,
      ({ input }) => `must be a job${didYouMean(`${input}`, jobNames) || `: ${jobNames.join(", ")}`}`,
    ),
    job,
  ),
  v.title(
    "`off` (the reason), or `scrapeInterval`, `scrapeTimeout` (durations), `samples` (whole number) and `bodySize` (such as `64MB`), by job",
  ),
);

/** Labels that others are told apart by, or that have a setting of their own. */
const labelsTaken = ["alertname", "cluster", "replica", "severity", "job", "instance"];
const externalLabels = v.pipe(
  v.record(
    v.pipe(
      v.string(),
      v.regex(
        /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/,
        "must be the name of a label: letters, digits and _, not __ at its start",
      ),
      v.maxLength(100, "must have at most 100 characters"),
      v.check((name) => !labelsTaken.includes(name), `must not be one of ${labelsTaken.join(", ")}`),
    ),
    v.pipe(
      v.string(),
      v.minLength(1, "must not be empty"),
      v.maxLength(200, "must have at most 200 characters"),
      v.regex(/^[^$\n\r]*$/, 'must be text in one line without "$", which Prometheus replaces'),
    ),
  ),
  v.title("values (text in one line) by label"),
);

/** Addresses of Queriers. */
const clusters = v.pipe(
  v.array(hostAndPort),
  v.title("list of hosts and ports, such as `thanos.example.com:443`"),
  v.check((all) => new Set(all).size === all.length, "must name each once"),
);

/** How long components/thanos keeps samples, how much of what it runs, and which other clusters it asks. */
const thanos = v.strictObject({
  replicas: setting(replicas, 2, "Replicas of the Querier, of the Query Frontend and of the Store Gateway."),
  localRetention: setting(
    durationFrom("6h", "Prometheus cuts a block every two hours, and three of them have to fit"),
    "2d",
    "How long Prometheus keeps samples itself; for as long the object store may be away. An overlay sets the variable RETENTION_TIME instead.",
  ),
  rawRetention: setting(
    durationFrom("40h", "samples are thinned out to one in 5 minutes after 40 hours"),
    "90d",
    "How long the object store keeps every sample; an overlay sets the variable RETENTION_RAW instead.",
  ),
  fiveMinuteRetention: setting(
    durationFrom("10d", "samples are thinned out to one in an hour after 10 days"),
    "1y",
    "How long it keeps one sample in 5 minutes; an overlay sets the variable RETENTION_5M instead.",
  ),
  oneHourRetention: setting(
    duration,
    "5y",
    "How long it keeps one sample in an hour; an overlay sets the variable RETENTION_1H instead.",
  ),
  compactorVolumeSize: setting(
    memory,
    "50Gi",
    "Size of the Compactor's volume: what it compacts at a time, and what becomes of it.",
  ),
  clusters: setting(
    clusters,
    [],
    "Where the Queriers of other clusters answer (gRPC by TLS), for the one that asks them all; an overlay patches endpoints.yml instead.",
  ),
  insecureClusters: setting(clusters, [], "The same without TLS: whoever is in between reads every sample."),
});

/** What becomes of one alert. */
const alert = v.pipe(
  v.strictObject({
    off: v.optional(reason),
    severity: v.optional(v.picklist(severities, `must be one of ${severities.join(", ")}`)),
  }),
  v.check(
    ({ off, severity }) => (off === undefined) !== (severity === undefined),
    'must have one of "off" and "severity"',
  ),
);
const alerts = v.pipe(
  v.record(v.string(), alert),
  v.title(`\`off\` (the reason) or \`severity\` (${severities.map((name) => `\`${name}\``).join(", ")}) by alert`),
);

/** Every image by its name. */
const everyImage: ReadonlyMap<string, Image> = new Map(
  [...Object.values(images), ...Object.values(pulledImages)].map((image) => [nameOf(image), image]),
);
const imageNames = [...everyImage.keys()];
const registries = [...new Set([...everyImage.values()].map(registryOf))];
const toleration = v.pipe(
  v.strictObject({
    key: v.optional(labelKey),
    operator: v.optional(v.picklist(["Equal", "Exists"], 'must be "Equal" or "Exists"')),
    value: v.optional(labelValue),
    effect: v.optional(
      v.picklist(["NoSchedule", "PreferNoSchedule", "NoExecute"], "must be NoSchedule, PreferNoSchedule or NoExecute"),
    ),
  }),
  v.check(
    ({ operator, value }) => operator !== "Exists" || value === undefined,
    'has no value where operator is "Exists"',
  ),
  v.check(({ key, operator }) => key !== undefined || operator === "Exists", 'needs a key, or operator "Exists"'),
);

/** What is said of every workload at once. */
const workloads = v.strictObject({
  registries: setting(
    v.pipe(
      v.record(v.picklist(registries, `must be one of ${registries.join(", ")}`), registryAddress),
      v.title(`address by registry: ${registries.join(", ")}`),
    ),
    {},
    "Where images are pulled from in place of their registry, such as `registry.example.com/mirror`.",
  ),
  digests: setting(
    v.pipe(
      v.record(
        v.picklist(
          imageNames,
          ({ input }) => `must be an image${didYouMean(`${input}`, imageNames) || `: ${imageNames.join(", ")}`}`,
        ),
        imageDigest,
      ),
      v.title(`tag and digest (\`v3.16.0@sha256:...\`) by image: ${imageNames.join(", ")}`),
    ),
    {},
    "Digests by which images are pulled: these very bytes or none. The tag is the one that this version runs, so that none outlives an update.",
  ),
  imagePullSecrets: setting(
    v.pipe(v.array(subdomain), v.title("list of names of Secrets"), v.maxLength(20, "must have at most 20 entries")),
    [],
    "Secrets with which images are pulled. They have to be in the namespace of each workload.",
  ),
  nodeSelector: setting(
    v.pipe(v.record(labelKey, labelValue), v.title("values by label")),
    {},
    "Labels of the nodes on which pods may run; node-exporter runs on all.",
  ),
  tolerations: setting(
    v.pipe(
      v.array(toleration),
      v.title("list of `key`, `operator`, `value` and `effect`"),
      v.maxLength(20, "must have at most 20 entries"),
    ),
    [],
    "Taints of nodes on which pods may run all the same; node-exporter runs on all.",
  ),
  priorityClassName: v.pipe(
    v.optional(subdomain),
    v.description(
      "PriorityClass of the pods that have none of their own. An overlay brings it, or declares that it is there.",
    ),
  ),
});

/** What components/blackbox-exporter asks for by default. */
const probes = v.pipe(
  v.array(
    v.strictObject({
      module: v.picklist(moduleNames, `must be one of ${moduleNames.join(", ")}`),
      targets: v.pipe(v.array(probed), v.minLength(1, "must name at least one address")),
    }),
  ),
  v.title("list of `module` and `targets`"),
  v.maxLength(100, "must have at most 100 entries"),
);

/** What the cluster is like that is watched. */
const cluster = v.strictObject({
  name: setting(
    dnsLabel,
    "devbox",
    "Value of the external label `cluster`; an overlay sets the variable CLUSTER instead.",
  ),
  domain: setting(
    domain,
    "cluster.local",
    "Domain of the cluster's own names, which components/blackbox-exporter asks its name server for.",
  ),
  maxNodes: setting(
    count,
    100,
    "Nodes that the cluster may grow to: the limits that guard against a flood come from it.",
  ),
  maxPods: setting(count, 3000, "Pods that the cluster may grow to, for the limits of kube-state-metrics."),
  maxPodsPerNode: setting(
    count,
    110,
    "Pods that a node may run, for the limits of kubelet and cadvisor; 110 is the kubelet's own limit.",
  ),
  podMounts: setting(
    pattern,
    podMounts,
    "Regular expression of the paths where kubelets and container runtimes mount what is a pod's, which no alert about a node's filesystems counts.",
  ),
});

/** How every job asks its targets. */
const scrape = v.strictObject({
  interval: setting(scrapeInterval, "15s", "How often every target is scraped."),
  timeout: setting(duration, "10s", "How long one scrape may take; at most scrape.interval."),
  kubeletTls: setting(
    v.picklist(["verified", "insecure"], 'must be "verified" or "insecure"'),
    "verified",
    "Whether the kubelet's serving certificate is checked against the cluster's CA.",
  ),
});

/** The server: what it keeps, sends and takes. */
const prometheus = v.strictObject({
  externalLabels: setting(
    externalLabels,
    {},
    "Labels besides `cluster` on everything that Prometheus sends: alerts, remote write and federation.",
  ),
  evaluationInterval: setting(evaluationInterval, "15s", "How often rules are evaluated."),
  retentionTime: setting(
    duration,
    "15d",
    "How long samples are kept; an overlay sets the variable RETENTION_TIME instead.",
  ),
  retentionSize: setting(
    size,
    "8GB",
    "How many bytes of samples are kept; an overlay sets the variable RETENTION_SIZE instead.",
  ),
  replicas: setting(
    replicas,
    2,
    "Replicas in components/prometheus-ha, each of which scrapes every target on its own.",
  ),
  volumeSize: setting(
    memory,
    "10Gi",
    "Size of each replica's volume in components/prometheus-ha; prometheus.retentionSize is at most 85 % of it.",
  ),
  cpuRequest: setting(cpu, "100m", "CPU that Prometheus asks the scheduler for."),
  memoryRequest: setting(memory, "512Mi", "Memory that Prometheus asks the scheduler for."),
  memoryLimit: setting(memory, "2Gi", "Memory at which Prometheus is ended."),
});

/** What runs on every node. */
const nodeExporter = v.strictObject({
  port: setting(
    nodePort,
    9100,
    "Port of node-exporter at every node's own address: another one where something else listens there.",
  ),
});

/** What is looked at from outside. */
const blackboxExporter = v.strictObject({
  probes: setting(
    probes,
    [
      { module: "tls_cluster_ca", targets: ["kubernetes.default.svc:443"] },
      { module: "dns_cluster", targets: ["kube-dns.kube-system.svc:53"] },
    ],
    "What is probed; an overlay puts its own into probes.yaml instead.",
  ),
});

/** Every setting with its form, default and description, without what they have to do with each other. */
export const schema = v.strictObject({
  namespace: setting(
    dnsLabel,
    "monitoring-system",
    "Namespace that the objects carry. An overlay's `namespace:` moves them.",
  ),
  runbooks: setting(
    address,
    "docs/runbooks",
    "Where the runbooks are: a folder of this project, or the address that you publish them at.",
  ),
  cluster: subject(cluster, {}, "The cluster that is watched, and how large it may become.", {
    name: "berlin",
    maxNodes: 300,
  }),
  scrape: subject(scrape, {}, "How every job asks its targets; `jobs` is about one job alone.", {
    interval: "30s",
    kubeletTls: "insecure",
  }),
  jobs: subject(
    jobs,
    {},
    "What is otherwise with one job: that it is off, how often it is scraped, and what one target may give at a time. What is left out follows from `scrape` and `cluster`.",
    {
      cadvisor: { scrapeInterval: "60s" },
      "kube-state-metrics": { samples: 1_000_000 },
      "kube-proxy": { off: "Cilium does what it did." },
    },
  ),
  prometheus: subject(prometheus, {}, "The server: what it keeps, what it sends, and what it takes.", {
    externalLabels: { region: "eu-west-1" },
    retentionTime: "30d",
    retentionSize: "40GB",
    volumeSize: "50Gi",
    memoryLimit: "8Gi",
  }),
  nodeExporter: subject(nodeExporter, {}, "node-exporter, which runs on every node.", { port: 9101 }),
  alerts: subject(
    alerts,
    {},
    "Alerts that you want otherwise. One that is off goes with its inhibitions; docs/alerts.md shows the reason.",
    { KubeJobFailed: { severity: "info" }, CPUThrottlingHigh: { off: "Our limits are there to be reached." } },
  ),
  alertmanager: subject(alertmanager, {}, "Whom Alertmanager tells of what.", {
    receivers: {
      critical: { slack_configs: [{ channel: "#alerts", api_url_file: "/etc/alertmanager/receivers/slack" }] },
    },
  }),
  workloads: subject(workloads, {}, "What holds for every workload; for one alone an overlay patches it.", {
    registries: { "quay.io": "registry.example.com/quay" },
    imagePullSecrets: ["registry"],
    nodeSelector: { "node.example.com/pool": "monitoring" },
    tolerations: [{ key: "node.example.com/pool", value: "monitoring", effect: "NoSchedule" }],
  }),
  externalUrls: subject(
    externalUrls,
    {},
    "Under which addresses people reach the pages; an overlay sets the variable EXTERNAL_URL instead.",
    { prometheus: "https://prometheus.example.com", alertmanager: "https://example.com/alertmanager" },
  ),
  annotatedWorkloads: subject(
    annotatedWorkloads,
    {},
    "Pods and Services that ask to be scraped, for components/annotated-workloads.",
    { namespaces: ["shop", "billing"], samples: 20_000 },
  ),
  blackboxExporter: subject(blackboxExporter, {}, "What is looked at from outside, for components/blackbox-exporter.", {
    probes: [{ module: "http_2xx", targets: ["https://example.com/health"] }],
  }),
  lean: subject(lean, {}, "What is scraped and kept, for components/lean.", {
    names: ["node_load1"],
    files: ["dashboards/mine.json"],
  }),
  sharding: subject(sharding, {}, "Into how many parts work is cut that is too much for one.", {
    prometheus: 3,
    kubeStateMetrics: 3,
  }),
  remoteWrite: subject(remoteWrite, {}, "Where samples are sent besides, for components/remote-write.", {
    url: "https://metrics.example.com/api/v1/write",
    auth: "basic",
    drop: ["container_network_.+"],
  }),
  thanos: subject(thanos, {}, "Samples in an object store, for components/thanos.", {
    rawRetention: "30d",
    oneHourRetention: "10y",
    compactorVolumeSize: "200Gi",
    clusters: ["thanos.berlin.example.com:443"],
    insecureClusters: ["10.1.0.9:10901"],
  }),
  thresholds: subject(thresholds, {}, "Where alerts draw their line, by subject.", {
    node: { loadPerCpu: 3 },
    kubernetesApiservers: { objectiveRatio: 0.999 },
  }),
});

/** What settings that are right by themselves have to do with each other: the one that is wrong, and what would be right. */
function together({ scrape, prometheus, jobs, workloads }: Settings): Problem[] {
  const { memoryRequest, memoryLimit, retentionSize, volumeSize } = prometheus;
  return [
    ...wrongWhere(
      milliseconds(scrape.timeout) > milliseconds(scrape.interval),
      ["scrape", "timeout"],
      scrape.timeout,
      `must be at most scrape.interval, which is ${scrape.interval}`,
    ),
    ...wrongWhere(
      (quantity(memoryRequest) ?? 0) > (quantity(memoryLimit) ?? 0),
      ["prometheus", "memoryRequest"],
      memoryRequest,
      `must be at most prometheus.memoryLimit, which is ${memoryLimit}`,
    ),
    ...wrongWhere(
      bytesOf(retentionSize) > shareOfVolume * (quantity(volumeSize) ?? 0),
      ["prometheus", "retentionSize"],
      retentionSize,
      `must be at most ${shareOfVolume * 100} % of prometheus.volumeSize, which is ${volumeSize}`,
    ),
    ...Object.entries(workloads.digests).flatMap(([name, said]) => {
      const tag = everyImage.get(name)?.tag;
      const wish = `must be the digest of ${tag}, which this version runs: ${tag}@sha256:...`;
      return wrongWhere(said.split("@")[0] !== tag, ["workloads", "digests", name], said, wish);
    }),
    ...wrongWhere(
      jobs.probes?.off !== undefined,
      ["jobs", "probes", "off"],
      jobs.probes?.off,
      "cannot be: components/blackbox-exporter is for nothing else; leave that Component out",
    ),
    ...Object.entries(jobs).flatMap(([name, { scrapeInterval = scrape.interval, scrapeTimeout }]) =>
      wrongWhere(
        scrapeTimeout !== undefined && milliseconds(scrapeTimeout) > milliseconds(scrapeInterval),
        ["jobs", name, "scrapeTimeout"],
        scrapeTimeout,
        `must be at most the job's interval, which is ${scrapeInterval}`,
      ),
    ),
  ];
}

function wrongWhere(isWrong: boolean, path: readonly string[], value: unknown, wish: string): Problem[] {
  return isWrong ? [{ path, message: `setting "${path.join(".")}" is ${shown(value)}: ${wish}` }] : [];
}

/** Every setting, with its default filled in. */
export type Settings = Readonly<v.InferOutput<typeof schema>>;

/** One setting that is wrong. */
export interface Problem {
  /** Names of the blocks that it is in, and its own. */
  readonly path: readonly string[];
  /** The setting, what it was and what would be right. */
  readonly message: string;
  /** Nothing of that name is known to this version. */
  readonly isUnknown?: true;
}

/** Settings that are wrong, one line for each. */
export class WrongSettings extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ message }) => message).join("\n"));
    this.name = "WrongSettings";
    this.problems = problems;
  }
}

/**
 * Reads settings as a person writes them, fills in the defaults and checks each.
 *
 * @throws WrongSettings with one line per wrong setting: its name, what it was and what would be right.
 */
export function settingsFrom(input: unknown): Settings {
  if (Array.isArray(input)) throw new WrongSettings([{ path: [], message: notAMapping }]);
  const result = v.safeParse(schema, input ?? {}, oneEach);
  const wrong = result.success ? together(result.output) : result.issues.map(describe);
  if (result.success && wrong.length === 0) return result.output;
  throw new WrongSettings(wrong);
}

/**
 * Checks one value by its form.
 *
 * @returns what would be right; undefined when it is
 */
export function problemOf(form: v.GenericSchema, value: unknown): string | undefined {
  const result = v.safeParse(form, value, oneEach);
  return result.success ? undefined : wish(result.issues[0]);
}

/** What breaks several rules is told by the first of them: the narrowest bound comes first, and whoever keeps to it breaks none. */
const oneEach = { abortPipeEarly: true } as const;

const notAMapping = "settings must be a mapping of names to values";

function describe(issue: v.BaseIssue<unknown>): Problem {
  const path = issue.path?.map(({ key }) => String(key));
  if (path === undefined) return { path: [], message: notAMapping };
  const name = JSON.stringify(path.join("."));
  const now = path.length === 1 ? moved[path[0] ?? ""] : undefined;
  if (issue.type === "strict_object" && issue.expected === "never") {
    if (now !== undefined) return { path, message: `setting ${name} has moved: it is ${now} now` };
    const known = beside(path);
    const near = nearest(path.at(-1) ?? "", known);
    const right = near === undefined ? `known are ${known.join(", ")}` : `did you mean ${near}?`;
    return { path, message: `unknown setting ${name}: ${right}`, isUnknown: true };
  }
  const hint = now === undefined ? "" : `; it is ${now} now`;
  const message = `setting ${name} is ${shown(issue.input)}: ${wish(issue)}${hint}`;
  return { path, message, ...(issue.type === "picklist" && { isUnknown: true }) };
}

function wish(issue: v.BaseIssue<unknown>): string {
  if (issue.kind !== "schema" || issue.type === "picklist") return issue.message;
  return `must be ${inWords(issue)}`;
}

/** A value in one short line, whatever it is. */
function shown(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? typeof value;
    return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
  } catch {
    // What refers to itself has no JSON.
    return Object.prototype.toString.call(value);
  }
}

/** A schema that others are in: in an optional one, a block, a map or a list. */
interface Nested {
  readonly wrapped?: Nested;
  readonly entries?: Readonly<Record<string, Nested>>;
  readonly value?: Nested;
  readonly item?: Nested;
}

/** Names of the settings beside one, by its path. */
function beside(path: readonly string[]): string[] {
  const bare = (nested: Nested = {}): Nested => (nested.wrapped === undefined ? nested : bare(nested.wrapped));
  const block = path.slice(0, -1).reduce<Nested>((within, name) => {
    const { entries, value, item } = within;
    return bare(entries?.[name] ?? value ?? item);
  }, schema as Nested);
  return Object.keys(block.entries ?? {});
}

/** Settings as a person writes them: what is left out has its default. */
export type SettingsInput = v.InferInput<typeof schema>;

/**
 * As {@link settingsFrom}, for whoever writes them in a program: an editor completes names and values.
 *
 * @throws WrongSettings with one line per wrong setting.
 */
export function settings(input: SettingsInput): Settings {
  return settingsFrom(input);
}

export const defaults: Settings = settingsFrom({});
