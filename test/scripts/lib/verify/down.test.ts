import assert from "node:assert/strict";
import { test } from "uvu";
import { cadvisor } from "../../../../generators/prometheus/scrape/cadvisor.js";
import { kubeProxy } from "../../../../generators/prometheus/scrape/kube-proxy.js";
import { kubeScheduler } from "../../../../generators/prometheus/scrape/kube-scheduler.js";
import { kubeStateMetrics } from "../../../../generators/prometheus/scrape/kube-state-metrics.js";
import { kubelet } from "../../../../generators/prometheus/scrape/kubelet.js";
import { nodeExporter } from "../../../../generators/prometheus/scrape/node-exporter.js";
import { defaults } from "../../../../generators/settings/index.js";
import type { ScrapeJob } from "../../../../metrics/scrape-job.js";
import { type Circumstances, diagnose } from "../../../../scripts/lib/verify/down.js";

const node = { owner: "node a", address: "10.0.0.1:10250" };
const pod = { owner: "pod kube-state-metrics-1", address: "10.1.0.1:8080" };

function diagnosed(lastError: string, { config, expects }: ScrapeJob, changes: Partial<Circumstances> = {}) {
  return diagnose(
    { lastError },
    { config, expects, path: "/metrics", namespace: "monitoring", grant: undefined, ...node, ...changes },
  );
}

const refused = 'Get "http://10.0.0.1:9100/metrics": dial tcp 10.0.0.1:9100: connect: connection refused';

test("403 names the permission that is lacking", () => {
  const grant = "let ClusterRole x allow get nodes/metrics";
  const { reason, cure } = diagnosed("server returned HTTP status 403 Forbidden", cadvisor(defaults), { grant });
  assert.match(reason, /not allowed/);
  assert.equal(cure, grant);
});

test("403 in spite of the permission points at the kubelet's authorization", () => {
  const { cure } = diagnosed("server returned HTTP status 403 Forbidden", kubelet(defaults));
  assert.match(cure, /authorization\.mode to Webhook/);
});

test("403 of a job without a token says to send one", () => {
  const { cure } = diagnosed("server returned HTTP status 403 Forbidden", nodeExporter(defaults));
  assert.match(cure, /job node-exporter sends no token/);
});

test("401 of a kubelet says to let it accept tokens, else to send one", () => {
  const error = "server returned HTTP status 401 Unauthorized";
  assert.match(diagnosed(error, kubelet(defaults)).cure, /authentication\.webhook\.enabled: true/);
  assert.match(diagnosed(error, kubeStateMetrics(defaults), pod).cure, /sends no token/);
});

test("404 says which setting of the job is wrong", () => {
  const { reason, cure } = diagnosed("server returned HTTP status 404 Not Found", kubelet(defaults), {
    path: "/metrix",
  });
  assert.match(reason, /nothing at \/metrix/);
  assert.equal(cure, "correct metrics_path of job kubelet");
});

test("5xx says whose log to read", () => {
  const { cure } = diagnosed("server returned HTTP status 500 Internal Server Error", kubeStateMetrics(defaults), pod);
  assert.match(cure, /kubectl -n monitoring logs kube-state-metrics-1$/);
});

for (const error of [
  'Get "https://10.0.0.1:10250/metrics": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  'Get "https://10.0.0.1:10250/metrics": tls: failed to verify certificate: x509: cannot validate certificate for 10.0.0.1 because it doesn\'t contain any IP SANs',
]) {
  test(`a kubelet's certificate that cannot be verified has two cures: ${error.slice(-30)}`, () => {
    const { cure } = diagnosed(error, kubelet(defaults));
    assert.match(cure, /serverTLSBootstrap: true .*node a.* kubectl certificate approve/);
    assert.match(cure, /components\/insecure-kubelet-tls/);
  });
}

test("another certificate that cannot be verified has nothing to do with kubelets", () => {
  const { cure } = diagnosed("x509: certificate signed by unknown authority", kubeStateMetrics(defaults), pod);
  assert.doesNotMatch(cure, /kubelet/);
  assert.match(cure, /tls_config\.ca_file of job kube-state-metrics/);
});

test("an expired certificate has to be renewed, not to be trusted", () => {
  const { cure } = diagnosed("x509: certificate has expired or is not yet valid: current time ...", kubelet(defaults));
  assert.match(cure, /renew/);
  assert.doesNotMatch(cure, /insecure/);
});

test("connection refused names who has to listen where", () => {
  assert.match(
    diagnosed(refused, kubelet(defaults)).cure,
    /kubelet of node a runs .*address is 0\.0\.0\.0 or 10\.0\.0\.1$/,
  );
  const exporter = diagnosed(refused, nodeExporter(defaults), { address: "10.0.0.1:9100" });
  assert.match(exporter.reason, /nothing listens at 10\.0\.0\.1:9100/);
  assert.match(exporter.cure, /node-exporter runs on node a .* listens at 0\.0\.0\.0:9100/);
  assert.match(diagnosed(refused, kubeStateMetrics(defaults), pod).cure, /targetPort of Service kube-state-metrics/);
});

test("no answer in time points at policies, firewalls and scrape_timeout", () => {
  for (const error of ["context deadline exceeded", "dial tcp 10.0.0.1:9100: i/o timeout"]) {
    const { cure } = diagnosed(`Get "http://10.0.0.1:9100/metrics": ${error}`, nodeExporter(defaults));
    assert.match(cure, /NetworkPolicy.*firewall.*scrape_timeout of job node-exporter/);
  }
});

test("no answer in time at a name may be DNS's fault, at an address it is not", () => {
  const error = 'Get "http://db:80/metrics": context deadline exceeded';
  assert.match(diagnosed(error, nodeExporter(defaults), { address: "db:80" }).cure, /DNS/);
  for (const address of ["10.0.0.1:80", "[fd00::1]:80"]) {
    assert.doesNotMatch(diagnosed(error, nodeExporter(defaults), { address }).cure, /DNS/);
  }
});

test("a name that DNS does not know is not taken for a slow target", () => {
  for (const error of ["no such host", "server misbehaving", "i/o timeout"]) {
    const { reason } = diagnosed(
      `Get "http://ksm:80/": dial tcp: lookup ksm on 10.96.0.10:53: ${error}`,
      kubeStateMetrics(defaults),
    );
    assert.match(reason, /cannot be resolved/);
  }
});

test("the wrong scheme is told either way", () => {
  const https = "http: server gave HTTP response to HTTPS client";
  assert.match(diagnosed(https, kubelet(defaults)).cure, /scheme: http in job kubelet/);
  const http =
    'Get "http://10.0.0.1:10250/metrics": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15"';
  assert.match(diagnosed(http, nodeExporter(defaults)).cure, /scheme: https/);
  assert.match(diagnosed("server returned HTTP status 400 Bad Request", nodeExporter(defaults)).cure, /scheme: https/);
});

test("a file that the pod does not have is not taken for the target's fault", () => {
  const error =
    'Get "https://10.0.0.1:10250/metrics": unable to read authorization credentials: unable to read file /var/run/secrets/token: open /var/run/secrets/token: no such file or directory';
  assert.match(diagnosed(error, kubelet(defaults)).cure, /automountServiceAccountToken/);
});

test("limits, pages that are no metrics and broken connections have a cure of their own", () => {
  const many = diagnosed("target_limit exceeded (number of targets: 300, limit: 200)", kubelet(defaults));
  assert.match(many.reason, /the job has more targets than it accepts: target_limit is 200/);
  assert.match(many.cure, /raise that limit of job kubelet: setting cluster\.maxNodes/);
  assert.match(diagnosed("sample limit exceeded", kubelet(defaults)).cure, /raise that limit of job kubelet/);
  assert.match(
    diagnosed("label_limit exceeded (metric: up, number of labels: 9, limit: 3)", kubelet(defaults)).cure,
    /limit/,
  );
  assert.match(
    diagnosed(
      'received unsupported Content-Type "text/html" and no fallback_scrape_protocol specified',
      nodeExporter(defaults),
    ).cure,
    /port or metrics_path of job node-exporter/,
  );
  assert.match(diagnosed('Get "http://10.0.0.1:9100/metrics": EOF', nodeExporter(defaults)).cure, /just restarted/);
  assert.match(diagnosed("remote error: tls: certificate required", kubelet(defaults)).cure, /cert_file/);
  assert.match(
    diagnosed("dial tcp 10.0.0.1:9100: connect: no route to host", nodeExporter(defaults)).cure,
    /node a is up/,
  );
});

test("the reason ends with Prometheus' own words, without the URL that the subject has already", () => {
  assert.match(
    diagnosed(refused, nodeExporter(defaults)).reason,
    /\(connection refused\): dial tcp 10\.0\.0\.1:9100: connect: .*$/,
  );
  assert.doesNotMatch(diagnosed(refused, nodeExporter(defaults)).reason, /Get "http/);
});

test("an error that nobody foresaw is passed on", () => {
  const { reason, cure } = diagnosed("the moon is full", nodeExporter(defaults));
  assert.equal(reason, "the moon is full");
  assert.match(cure, /log of node a/);
});

test("a part of the control plane that listens at 127.0.0.1 only has its line in the documentation", () => {
  for (const job of [kubeScheduler(), kubeProxy(defaults)]) {
    assert.match(diagnosed(refused, job).cure, /docs\/platforms\.md/);
  }
  assert.doesNotMatch(diagnosed(refused, nodeExporter(defaults)).cure, /platforms/);
});

test("a scheduler that signs its own certificate is told apart from a kubelet", () => {
  const { cure } = diagnosed("x509: certificate signed by unknown authority", kubeScheduler());
  assert.match(cure, /insecure-control-plane-tls/);
});

test.run();
