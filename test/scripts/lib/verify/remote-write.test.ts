import assert from "node:assert/strict";
import { test } from "uvu";
import { unsent } from "../../../../scripts/lib/verify/remote-write.js";

const url = "https://metrics.example.com/api/v1/write";
const labels = `{remote_name="remote-write",url="${url}"}`;

/** What Prometheus 3.16 exposes, as far as it is read. */
const metrics = (sent: number) =>
  [
    `prometheus_remote_storage_queue_highest_sent_timestamp_seconds${labels} ${sent}`,
    `prometheus_remote_storage_queue_highest_timestamp_seconds${labels} ${sent + 5}`,
    `prometheus_remote_storage_shards${labels} 1`,
    `prometheus_remote_storage_shards_max${labels} 20`,
    "",
  ].join("\n");

const logged = (level: string, message: string, error: string) =>
  `time=2026-11-29T10:00:00.000Z level=${level} source=queue_manager.go:2408 msg="${message}" component=remote remote_name=remote-write url=${url} err=${JSON.stringify(error)}\n`;
const retried = (error: string) => logged("WARN", "Failed to send batch, retrying", error);

const found = (values: { sent?: number; log?: string }) => {
  const { sent = 990, log = "" } = values;
  return unsent({ namespace: "monitoring", pod: "prometheus-0", now: 1000, metrics: metrics(sent), log });
};

test("an endpoint that is a few seconds behind is no problem, even if a batch was tried again", () => {
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ log: retried("server returned HTTP status 503 Service Unavailable: ") }), []);
});

test("a Prometheus without remote write has no problem", () => {
  const none = "prometheus_remote_storage_highest_timestamp_in_seconds 1000\n";
  assert.deepEqual(unsent({ namespace: "monitoring", pod: "prometheus-0", now: 1000, metrics: none, log: "" }), []);
});

test("an endpoint that is away is told with the error and the seconds that it is behind", () => {
  const error = `Post "${url}": dial tcp 10.0.0.9:443: connect: connection refused`;
  assert.deepEqual(found({ sent: 800, log: retried(error) }), [
    {
      kind: "not sent",
      subject: `pod prometheus-0, remote write to ${url}`,
      reason: `the last sample that arrived there is 200 s old: ${error}`,
      cure: "see that it runs, and that NetworkPolicies let Prometheus out to its port",
    },
  ]);
});

test("who may not read the log is told to", () => {
  const [problem] = found({ sent: 0 });
  assert.equal(problem?.reason, "nothing arrived there yet");
  assert.equal(problem?.cure, "kubectl -n monitoring logs prometheus-0 | grep remote_name=remote-write tells more");
});

for (const [error, cure] of [
  ["server returned HTTP status 401 Unauthorized: no", /^correct the Secret prometheus-remote-write in namespace mon/],
  ["server returned HTTP status 415 Unsupported Media Type: ", /^it does not know remote write 2.0: .*protocol to v1/],
  ["server returned HTTP status 404 Not Found: ", /^correct the path of the URL/],
  ["server returned HTTP status 405 Method Not Allowed: ", /^correct the path of the URL/],
] as const) {
  test(`${error} loses samples at once, though nothing is behind`, () => {
    const [problem] = found({ log: logged("ERROR", "non-recoverable error", error) });
    assert.match(problem?.reason ?? "", /^it refuses samples, which are lost: server returned/);
    assert.match(problem?.cure ?? "", cure);
  });
}

for (const [error, cure] of [
  [
    "unable to read authorization credentials: unable to read file token: open token: no such file or directory",
    /^give the Secret prometheus-remote-write in namespace monitoring the keys/,
  ],
  ["remote error: tls: expired certificate", /^correct the Secret prometheus-remote-write in namespace monitoring/],
  [
    "write tcp 10.1.0.4:4055->10.0.0.9:443: use of closed network connection",
    /the certificate in the Secret prometheus/,
  ],
  ["tls: failed to verify certificate: x509: certificate signed by unknown authority", /remoteWrite.privateCa$/],
  ["dial tcp: lookup metrics.example.com on 10.96.0.10:53: no such host", /^correct the host/],
  ["context deadline exceeded", /^see that it runs/],
] as const) {
  test(`${error} has its cure`, () => {
    assert.match(found({ sent: 0, log: retried(error) })[0]?.cure ?? "", cure);
  });
}

test.run();
