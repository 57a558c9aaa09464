import * as v from "valibot";
import { thresholds } from "./prometheus/rules/thresholds.js";

/*
 * What a user may turn. A setting changes the shape of the whole base; what differs from one environment to the next
 * (resources, retention, namespace, TLS of the kubelet) is patched by an overlay or switched on by a Component.
 */

/** A Prometheus duration such as `15s`, `1h30m` or `15d`: units in falling order, each at most once. */
const duration = v.pipe(
  v.string(),
  v.regex(
    /^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/,
    'must be a Prometheus duration such as "15s", "1h30m" or "15d"',
  ),
  v.check((text) => /[1-9]/.test(text), 'must be longer than zero, such as "15s"'),
);

/** A Prometheus size such as `512MB` or `8GB`: a whole number and a unit. */
const bytes = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d*(B|KB|MB|GB|TB|PB|EB)$/, 'must be a size as Prometheus writes it, such as "512MB" or "8GB"'),
);

/** A Kubernetes quantity such as `100m`, `0.5` or `512Mi`. */
const quantity = v.pipe(
  v.string(),
  v.regex(
    /^(?=.*[1-9])\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/,
    'must be a Kubernetes quantity such as "100m", "0.5" or "512Mi"',
  ),
);

const count = v.pipe(v.number(), v.integer("must be a whole number"), v.minValue(1, "must be at least 1"));

const dnsLabel = v.pipe(
  v.string(),
  v.maxLength(63, "must have at most 63 characters"),
  v.regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'must be a DNS label: lower-case letters, digits and "-", such as "monitoring"',
  ),
);

const millisecondsPer = { y: 31_536e6, w: 604_800e3, d: 86_400e3, h: 3_600e3, m: 60e3, s: 1e3, ms: 1 };

/** Length of a Prometheus duration in milliseconds. The text must be valid, as it is in {@link Settings}. */
export function milliseconds(text: string): number {
  return [...text.matchAll(/(\d+)(ms|[ywdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * millisecondsPer[unit as keyof typeof millisecondsPer],
    0,
  );
}

const schema = v.pipe(
  v.strictObject({
    namespace: v.pipe(
      v.optional(dnsLabel, "monitoring-system"),
      v.description("Namespace that the objects carry. An overlay's `namespace:` moves them."),
    ),
    cluster: v.pipe(
      v.optional(dnsLabel, "devbox"),
      v.description("Value of the external label `cluster`; an overlay sets the variable CLUSTER instead."),
    ),
    kubeletTls: v.pipe(
      v.optional(v.picklist(["verified", "insecure"], 'must be "verified" or "insecure"'), "verified"),
      v.description("Whether the kubelet's serving certificate is checked against the cluster's CA."),
    ),
    scrapeInterval: v.pipe(v.optional(duration, "15s"), v.description("How often every target is scraped.")),
    scrapeTimeout: v.pipe(
      v.optional(duration, "10s"),
      v.description("How long one scrape may take; at most scrapeInterval."),
    ),
    evaluationInterval: v.pipe(v.optional(duration, "15s"), v.description("How often rules are evaluated.")),
    retentionTime: v.pipe(
      v.optional(duration, "15d"),
      v.description("How long samples are kept; an overlay sets the variable RETENTION_TIME instead."),
    ),
    retentionSize: v.pipe(
      v.optional(bytes, "8GB"),
      v.description("How many bytes of samples are kept; an overlay sets the variable RETENTION_SIZE instead."),
    ),
    replicas: v.pipe(
      v.optional(count, 2),
      v.description("Replicas in components/prometheus-ha, each of which scrapes every target on its own."),
    ),
    volumeSize: v.pipe(
      v.optional(quantity, "10Gi"),
      v.description("Size of each replica's volume in components/prometheus-ha; retentionSize is at most 85 % of it."),
    ),
    maxNodes: v.pipe(
      v.optional(count, 100),
      v.description("Nodes that the cluster may grow to: the limits that guard against a flood come from it."),
    ),
    maxPods: v.pipe(
      v.optional(count, 3000),
      v.description("Pods that the cluster may grow to, for the limits of kube-state-metrics."),
    ),
    maxPodsPerNode: v.pipe(
      v.optional(count, 110),
      v.description(
        "Pods that a node may run, for the limits of kubelet and cadvisor; 110 is the kubelet's own limit.",
      ),
    ),
    cpuRequest: v.pipe(v.optional(quantity, "100m"), v.description("CPU that Prometheus asks the scheduler for.")),
    memoryRequest: v.pipe(
      v.optional(quantity, "512Mi"),
      v.description("Memory that Prometheus asks the scheduler for."),
    ),
    runbooks: v.pipe(
      v.optional(v.pipe(v.string(), v.regex(/[^/]$/, "must not end with a slash")), "docs/runbooks"),
      v.description("Where the runbooks are: a folder of this project, or the address that you publish them at."),
    ),
    thresholds: v.pipe(v.optional(thresholds, {}), v.description("Where alerts draw their line, by subject.")),
    memoryLimit: v.pipe(v.optional(quantity, "2Gi"), v.description("Memory at which Prometheus is ended.")),
  }),
  v.forward(
    v.check(
      ({ scrapeTimeout, scrapeInterval }) => milliseconds(scrapeTimeout) <= milliseconds(scrapeInterval),
      "must be at most scrapeInterval",
    ),
    ["scrapeTimeout"],
  ),
);

/** Every setting, with its default filled in. */
export type Settings = Readonly<v.InferOutput<typeof schema>>;

/**
 * Reads settings as a person writes them, fills in the defaults and checks each.
 *
 * @throws Error with one line per wrong setting: its name, what it was and what would be right.
 */
export function settingsFrom(input: unknown): Settings {
  if (Array.isArray(input)) throw new Error(notAMapping);
  const result = v.safeParse(schema, input ?? {});
  if (result.success) return result.output;
  throw new Error(result.issues.map(describe).join("\n"));
}

const notAMapping = "settings must be a mapping of names to values";

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (issue.type === "strict_object" && path !== null && issue.expected === "never") {
    return `unknown setting "${path}": known are ${Object.keys(beside(path)).join(", ")}`;
  }
  if (path === null) return notAMapping;
  const was = `is ${JSON.stringify(issue.input) ?? issue.received}`;
  const mustBe = issue.kind === "schema" && issue.type !== "picklist" ? `must be a ${issue.expected}` : issue.message;
  return `setting "${path}" ${was}: ${mustBe}`;
}

/** The settings beside one, by its path: every block has a default, and so all its names. */
function beside(path: string): object {
  const blocks = path.split(".").slice(0, -1);
  return blocks.reduce<object>((settings, name) => Object(Reflect.get(settings, name)), defaults);
}

export const defaults: Settings = settingsFrom({});
