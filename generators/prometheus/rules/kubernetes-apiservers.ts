import { type HistogramForm, histogram } from "../../../metrics/promql/histogram.js";
import type { AlertingRule, RecordingRule, RuleFile, Severity } from "../../../metrics/rule-file.js";
import type { Settings } from "../../settings/index.js";
import { alertingRule } from "./alerting-rule.js";
import { type Condition, clientErrors, instanceUnreachable, jobDown } from "./instances.js";
import { lines } from "./lines.js";

const job = "kubernetes-apiservers";

const answered = `job="${job}", verb!~"WATCH|CONNECT|PROXY"`;

// Source: https://github.com/kubernetes/community/blob/master/sig-scalability/slos/api_call_latency.md
const oneObject = `job="${job}", verb=~"GET|POST|PUT|PATCH|APPLY|DELETE"`;
const list = `job="${job}", verb="LIST"`;

const all = "cluster:apiserver_requests:rate5m";
const failed = "cluster:apiserver_requests_failed:rate5m";
const slow = "cluster:apiserver_requests_slow:rate5m";
const bad = (window: string) => `cluster:apiserver_requests_bad:ratio_${window}`;

/** Share of bad requests over a window. */
function badOver(window: string): RecordingRule {
  return {
    record: bad(window),
    expr: lines(
      `(avg_over_time(${failed}[${window}]) + avg_over_time(${slow}[${window}]))`,
      `/ avg_over_time(${all}[${window}])`,
    ),
  };
}

/** Windows of one alert on the budget. */
interface Burn {
  readonly severity: Severity;
  readonly long: string;
  readonly short: string;
  /** How many times as fast as allowed the budget of thirty days is used up. */
  readonly factor: number;
  readonly for: string;
  /** How long the budget lasts at that pace. */
  readonly lasts: string;
}

// A fiftieth, a twentieth, a tenth and another tenth of the budget, used up within the long window.
// Source: https://sre.google/workbook/alerting-on-slos/
const burns: readonly Burn[] = [
  { severity: "critical", long: "1h", short: "5m", factor: 14.4, for: "2m", lasts: "two days" },
  { severity: "critical", long: "6h", short: "30m", factor: 6, for: "15m", lasts: "five days" },
  { severity: "warning", long: "1d", short: "2h", factor: 3, for: "1h", lasts: "ten days" },
  { severity: "warning", long: "3d", short: "6h", factor: 1, for: "3h", lasts: "thirty days" },
];

function burn({ severity, long, short, factor, for: patience, lasts }: Burn, objectiveRatio: number): AlertingRule {
  const line = Number((factor * (1 - objectiveRatio)).toPrecision(6));
  return {
    alert: "KubeAPIErrorBudgetBurn",
    why: `Bad requests come ${factor} times as fast as the budget of thirty days allows. The long window says that it matters, the short one that it still goes on.`,
    expr: lines(`${bad(long)} > ${line}`, `and ${bad(short)} > ${line}`),
    for: patience,
    labels: { severity, window: long },
    annotations: {
      summary: "The API server fails or delays too many requests.",
      description: `Over ${long}, {{ $value | humanizePercentage }} of the requests failed or were slow: at this pace the budget of thirty days lasts ${lasts} or less.`,
    },
  };
}

/** Clients that present a certificate which ends soon. */
function certificateEnds(severity: Severity, withinSeconds: number, form: HistogramForm): AlertingRule {
  const left = histogram(form, "apiserver_client_certificate_expiration_seconds", `job="${job}"`, { increase: "15m" });
  return alertingRule({
    alert: "KubeClientCertificateExpiration",
    expr: `${left.within(withinSeconds)} > 0`,
    for: "5m",
    why: { expr: "The server counts requests, not clients.", keep_firing_for: "A client may ask only now and then." },
    keep_firing_for: "1h",
    severity,
    summary: "A client of the API server has a certificate that ends soon.",
    description: `{{ printf "%.0f" $value }} requests within 15 minutes came with a certificate that ends within ${withinSeconds / 3600} hours.`,
  });
}

const kubeletsGetAnswers: Condition = {
  why: "Where kubelets get more answers than errors, it is only Prometheus that gets none.",
  expr: lines(
    `(sum(rate(rest_client_requests_total{job="kubelet", code=~"2.."}[5m]) and on (instance) up{job="kubelet"} == 1)`,
    `  > (sum(rate(rest_client_requests_total{job="kubelet", code="<error>"}[5m])) or vector(0)))`,
  ),
};

const limitHit: Condition = {
  why: "Where an answer broke a limit while Prometheus still finds its targets through the API, it may be an API server's, unless those answered nothing at all.",
  expr: lines(
    `((sum(increase(prometheus_target_scrapes_exceeded_body_size_limit_total{job="prometheus"}[5m])) > 0`,
    `  or sum(increase(prometheus_target_scrapes_exceeded_sample_limit_total{job="prometheus"}[5m])) > 0)`,
    `  unless sum(increase(prometheus_sd_kubernetes_failures_total{job="prometheus"}[5m])) > 0`,
    `  unless on () scrape_body_size_bytes{job="${job}"} == 0)`,
  ),
};

/** The API servers: the share of requests they answer well, and what is registered with them. */
export function kubernetesApiservers({ thresholds }: Settings, form: HistogramForm): RuleFile {
  const limits = thresholds.kubernetesApiservers;
  const slowerThan = (seconds: number, requests: string) =>
    histogram(form, "apiserver_request_sli_duration_seconds", requests, { rate: "5m" }).beyond(seconds);
  return {
    subject: job,
    about: "The API servers: the share of requests that they answer well, and what is registered with them.",
    source: "generators/prometheus/rules/kubernetes-apiservers.ts",
    jobs: [job, "kubelet", "prometheus"],
    groups: [
      {
        name: "kubernetes-apiservers-requests",
        interval: "1m",
        why: {
          interval:
            "Every histogram of the API server is read here: once a minute is enough to alert within five. Longer windows read what was recorded, not the histograms again.",
        },
        rules: [
          {
            record: all,
            why: "Requests that last as long as their client wants say nothing about the server's speed or health.",
            expr: `sum(rate(apiserver_request_total{${answered}}[5m]))`,
          },
          {
            record: failed,
            why: "A server that never failed has no such series.",
            expr: `sum(rate(apiserver_request_total{${answered}, code=~"5.."}[5m])) or 0 * ${all}`,
          },
          {
            record: slow,
            why: "Kubernetes promises an answer within a second for one object and within thirty for a list. What nobody asked for has no such series.",
            expr: lines(`(${slowerThan(1, oneObject)} or 0 * ${all})`, `+ (${slowerThan(30, list)} or 0 * ${all})`),
          },
          ...["5m", "30m", "1h", "2h", "6h", "1d", "3d"].map(badOver),
          ...burns.map((windows) => burn(windows, limits.objectiveRatio)),
          alertingRule({
            alert: "KubeAPITerminatedRequests",
            why: "The series is there once the server ended a first request by itself.",
            expr: `sum(rate(apiserver_request_terminations_total{job="${job}"}[5m])) / ${all} > ${limits.terminatedRatio}`,
            for: "5m",
            severity: "warning",
            summary: "The API server ends requests to save itself.",
            description:
              "The API server ends requests before it answered them: {{ $value | humanizePercentage }} of the number that it answers.",
          }),
        ],
      },
      {
        name: job,
        rules: [
          jobDown(
            job,
            "KubeAPIDown",
            limits.downSeconds,
            {
              summary: "No API server answers.",
              description:
                "Neither Prometheus nor the kubelets reach an API server: nothing in the cluster can be changed, and little is known.",
            },
            kubeletsGetAnswers,
            limitHit,
          ),
          instanceUnreachable(job, "KubeAPIInstanceUnreachable", limits.unreachableSeconds, {
            summary: "An API server does not answer.",
            description: "Prometheus does not reach the API server at {{ $labels.instance }}, but reaches others.",
          }),
          alertingRule({
            alert: "KubeAggregatedAPIDown",
            expr: `max by (name) (last_over_time(aggregator_unavailable_apiservice{job="${job}"}[5m])) == 1`,
            for: `${limits.aggregatedDownSeconds}s`,
            severity: "warning",
            summary: "An API that extends Kubernetes is not available.",
            description: "The API server cannot reach what serves {{ $labels.name }}.",
          }),
          alertingRule({
            alert: "KubeAggregatedAPIErrors",
            why: "It counts each time that an API becomes unavailable, so it says nothing of one that stays so. Its series are there once that happened.",
            expr: `max by (name, reason) (round(increase(aggregator_unavailable_apiservice_total{job="${job}"}[15m]))) > 2`,
            keep_firing_for: "10m",
            severity: "warning",
            summary: "An API that extends Kubernetes comes and goes.",
            description:
              '{{ $labels.name }} became unavailable {{ printf "%.0f" $value }} times within 15 minutes: {{ $labels.reason }}.',
          }),
          certificateEnds("warning", limits.certificateWarningSeconds, form),
          certificateEnds("critical", limits.certificateCriticalSeconds, form),
          clientErrors(job, thresholds.clients.errorRatio),
        ],
      },
    ],
  };
}
