import { isIP } from "node:net";
import type { ScrapeConfig } from "../../../metrics/scrape-job.js";
import type { ActiveTarget } from "../prometheus.js";
import type { Expectation } from "./expected.js";

/** What is known about a target that is down, besides the error. */
export interface Circumstances {
  readonly config: ScrapeConfig;
  /** Undefined for a job that the generators do not know. */
  readonly expects: Expectation | undefined;
  /** `host:port` of the target. */
  readonly address: string;
  readonly path: string;
  /** What the target belongs to, such as `node worker-1`. */
  readonly owner: string;
  /** Namespace of Prometheus. */
  readonly namespace: string;
  /** How to grant what Prometheus is not allowed; undefined when it is allowed all that the job needs. */
  readonly grant: string | undefined;
}

/** A reason why a scrape failed, and what to do about it. */
interface Diagnosis {
  readonly error: RegExp;
  readonly reason: string | ((found: Circumstances) => string);
  readonly cure: (found: Circumstances) => string;
}

/** The first whose error matches is the diagnosis; so the more special ones come first. */
const diagnoses: readonly Diagnosis[] = [
  {
    error: /HTTP status 401\b/,
    reason: "the target does not know who asks (401)",
    cure: ({ config: { job_name, authorization }, expects }) => {
      if (authorization === undefined) return `job ${job_name} sends no token: give it authorization.credentials_file`;
      return expects?.every === "node" && expects.port === "kubelet"
        ? "let the kubelet accept tokens: authentication.webhook.enabled: true in its configuration"
        : `see that the target accepts the token of job ${job_name}, and that ${authorization.credentials_file} is current`;
    },
  },
  {
    error: /HTTP status 403\b/,
    reason: "Prometheus is not allowed to read it (403)",
    cure: ({ config: { job_name, authorization }, expects, grant }) => {
      if (authorization === undefined) return `job ${job_name} sends no token: give it authorization.credentials_file`;
      if (grant !== undefined) return grant;
      return expects?.every === "node" && expects.port === "kubelet"
        ? "the API server would allow it: set the kubelet's authorization.mode to Webhook, or wait until it asks again (up to 30 s)"
        : "the API server would allow it: see what else stands in front of the target";
    },
  },
  {
    error: /HTTP status 404\b/,
    reason: ({ path }) => `the target has nothing at ${path} (404)`,
    cure: ({ config: { job_name } }) => `correct metrics_path of job ${job_name}`,
  },
  {
    error: /HTTP status 5\d\d\b/,
    reason: "the target fails to answer (5xx)",
    cure: ({ owner, namespace }) => `see the log of ${owner}${owner.startsWith("pod ") ? logs(owner, namespace) : ""}`,
  },
  {
    error: /x509: certificate has expired or is not yet valid/,
    reason: "its certificate has expired or is not valid yet (x509)",
    cure: ({ owner }) => `renew the certificate of ${owner}, and compare the clocks of the nodes`,
  },
  {
    error: /x509:/,
    reason: "its certificate cannot be verified (x509)",
    cure: ({ config: { job_name }, expects, owner }) =>
      expects?.every === "node" && expects.port === "kubelet"
        ? `set serverTLSBootstrap: true in the kubelet's configuration on ${owner}, then kubectl get csr and kubectl certificate approve; ` +
          "or give up verifying: add components/insecure-kubelet-tls to the overlay"
        : expects?.every === "node" && expects.part !== undefined
          ? `give ${job_name} a certificate of the cluster's CA (docs/platforms.md), or give up verifying: add components/insecure-control-plane-tls to the overlay`
          : `name the CA that signed it as tls_config.ca_file of job ${job_name}, or have it signed by the CA that is named there`,
  },
  {
    error: /server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/,
    reason: "it speaks HTTP and is asked over HTTPS",
    cure: ({ config: { job_name } }) => `set scheme: http in job ${job_name}`,
  },
  {
    error: /malformed HTTP response|HTTP status 400\b/,
    reason: "it does not understand the request: most likely it speaks HTTPS and is asked over HTTP",
    cure: ({ config: { job_name } }) => `set scheme: https in job ${job_name}`,
  },
  {
    // With HTTP/2 the refusal comes after the handshake, and the client only sees that nothing came of it.
    error: /remote error: tls:|http2: client conn could not be established/,
    reason: "it refuses the TLS connection, as a target does that wants a certificate of its client",
    cure: ({ config: { job_name } }) =>
      `give job ${job_name} tls_config.cert_file and key_file that the target accepts`,
  },
  {
    error: /unable to (use|read|load) .*(file|cert)|(open|stat) \/.*: no such file|permission denied/,
    reason: "Prometheus cannot read a file that the job names",
    cure: ({ config: { job_name } }) =>
      `see that the pod has the files that job ${job_name} names: automountServiceAccountToken, volumes, Secrets`,
  },
  {
    error: /no such host|lookup .* on |server misbehaving/,
    reason: ({ address }) => `the name in ${address} cannot be resolved`,
    cure: () => "correct the name, or see that the cluster's DNS runs: kubectl -n kube-system get pods",
  },
  {
    error: /connection refused/,
    reason: ({ address }) => `nothing listens at ${address} (connection refused)`,
    cure: refused,
  },
  {
    error: /no route to host|network is unreachable/,
    reason: ({ address }) => `there is no way to ${address}`,
    cure: ({ owner }) => `see that ${owner} is up, and that the network of the cluster reaches it`,
  },
  {
    error: /deadline exceeded|i\/o timeout|Client\.Timeout/,
    reason: ({ address }) => `${address} does not answer in time`,
    cure: ({ config: { job_name }, namespace, address }) =>
      (isIP(new URL(`http://${address}`).hostname.replace(/[[\]]/g, "")) === 0
        ? "see that the cluster's DNS runs and knows the name; "
        : "") +
      `let Prometheus through: a NetworkPolicy (kubectl get networkpolicies -A) or a firewall may drop what namespace ${namespace} ` +
      `sends to it; if it is only slow, raise scrape_timeout of job ${job_name}`,
  },
  {
    error: /connection reset|\bEOF\b|broken pipe/,
    reason: "it closes the connection without an answer",
    cure: ({ owner, config: { job_name, scheme = "http" } }) =>
      `see that ${owner} speaks ${scheme} there as job ${job_name} says, and whether it has just restarted`,
  },
  {
    error: /body size limit exceeded/,
    reason: ({ config }) =>
      `it answers, and gives more than the job accepts: body_size_limit is ${config.body_size_limit}`,
    cure: ({ config: { job_name } }) => raised(job_name, `setting jobs.${job_name}.bodySize`, "body_size_limit"),
  },
  {
    error: /sample limit exceeded/,
    reason: ({ config }) => `it answers, and gives more than the job accepts: sample_limit is ${config.sample_limit}`,
    cure: ({ config: { job_name } }) => raised(job_name, `setting jobs.${job_name}.samples`, "sample_limit"),
  },
  {
    error: /target_limit exceeded/,
    reason: ({ config }) => `the job has more targets than it accepts: target_limit is ${config.target_limit}`,
    cure: ({ config: { job_name } }) => raised(job_name, "setting cluster.maxNodes or cluster.maxPods", "target_limit"),
  },
  {
    error: /limit exceeded/,
    reason: "it gives more than the job accepts",
    cure: ({ config: { job_name } }) => `find out what grew, then drop it or raise that limit of job ${job_name}`,
  },
  {
    error: /blank Content-Type/,
    reason: "its answer has no Content-Type, so that Prometheus does not know how to read it",
    cure: ({ config: { job_name } }) =>
      `let it send Content-Type: text/plain; version=0.0.4, or set fallback_scrape_protocol: PrometheusText0.0.4 in job ${job_name}`,
  },
  {
    error: /Content-Type/,
    reason: ({ path }) => `what it has at ${path} are no metrics, by its Content-Type`,
    cure: ({ config: { job_name } }) =>
      `correct port or metrics_path of job ${job_name}; if these are metrics all the same, set fallback_scrape_protocol: PrometheusText0.0.4 there`,
  },
  {
    error: /expected a valid start token|expected value after metric|invalid metric|unexpected end of input/,
    reason: ({ path }) => `what it has at ${path} are no metrics`,
    cure: ({ config: { job_name } }) => `correct port or metrics_path of job ${job_name}`,
  },
];

/** Why a target is down and what to do about it. The reason ends with what Prometheus said. */
export function diagnose({ lastError }: Pick<ActiveTarget, "lastError">, found: Circumstances) {
  // Prometheus repeats the URL, which the message names already.
  const said = lastError.replace(/^Get "[^"]*": /, "");
  const diagnosis = diagnoses.find(({ error }) => error.test(said));
  if (diagnosis === undefined) {
    return {
      reason: said,
      cure: `see the log of ${found.owner}, and fetch http(s)://${found.address}${found.path} by hand`,
    };
  }
  const reason = typeof diagnosis.reason === "string" ? diagnosis.reason : diagnosis.reason(found);
  return { reason: `${reason}: ${said}`, cure: diagnosis.cure(found) };
}

function raised(job: string, setting: string, key: string): string {
  return `find out what grew, then drop it or raise that limit of job ${job}: ${setting}, or ${key} in a copy of ${job}.yml in the overlay`;
}

function refused({ config: { job_name }, expects, address, owner }: Circumstances): string {
  if (expects?.every === "node" && (expects.part !== undefined || job_name === "kube-proxy")) {
    return `most installers let ${job_name} listen at 127.0.0.1 only: docs/platforms.md has the line that opens it at the node's address`;
  }
  const port = address.slice(address.lastIndexOf(":") + 1);
  if (expects?.every === "endpoint") {
    return `let ${owner} listen at 0.0.0.0:${port}, and not at 127.0.0.1: compare its arguments with targetPort of Service ${expects.of}`;
  }
  if (expects?.every === "fixed") return `see that ${owner} is at ${address}, and that the job says where it is`;
  if (expects?.every === "node" && expects.port === "kubelet") {
    return `see that the kubelet of ${owner} runs and that its address is 0.0.0.0 or ${address.slice(0, address.lastIndexOf(":"))}`;
  }
  return expects?.every !== "node"
    ? `see that something listens at ${address}, and not at 127.0.0.1 only; else correct the address of job ${job_name}`
    : `see that ${job_name} runs on ${owner} (kubectl get pods -A -o wide -l app.kubernetes.io/name=${job_name}) and listens at 0.0.0.0:${port}`;
}

function logs(pod: string, namespace: string): string {
  return `: kubectl -n ${namespace} logs ${pod.slice("pod ".length)}`;
}
