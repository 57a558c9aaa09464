import { remoteWriteSecret } from "../../../generators/components/remote-write.js";
import type { Problem } from "./report.js";

/** What one Prometheus says of what it sends on. */
interface Sending {
  readonly namespace: string;
  readonly pod: string;
  /** What it exposes of itself, as text. */
  readonly metrics: string;
  /** Its clock, in seconds since 1970. */
  readonly now: number;
  /** What it logged within the last minutes; empty where we may not read that. */
  readonly log: string;
}

/** Seconds that an endpoint may be behind: a batch waits for five, and one that failed is tried again after as many. */
const mostBehind = 60;

/** Why an endpoint takes nothing, by the error in Prometheus' log, and what to do. */
const cures: readonly (readonly [error: RegExp, cure: (found: Sending) => string])[] = [
  [
    /40[13] |remote error: tls: .*certificate/,
    ({ namespace }) => `correct the Secret ${remoteWriteSecret} in namespace ${namespace}, or remoteWrite.auth`,
  ],
  [
    /no such file/,
    ({ namespace }) => `give the Secret ${remoteWriteSecret} in namespace ${namespace} the keys of remoteWrite.auth`,
  ],
  [/status 415|status 406/, () => "it does not know remote write 2.0: set remoteWrite.protocol to v1"],
  [/status 40[045]/, () => "correct the path of the URL: docs/remote-write.md shows where it is said"],
  [
    /x509|certificate/,
    () => "see that its certificate is for this name; one of your own authority needs remoteWrite.privateCa",
  ],
  [
    // What is logged is what the sender notices first: the refusal, or that the connection is gone.
    /closed network connection|reset by peer|broken pipe|EOF/,
    ({ namespace }) =>
      `it ends the connection: with mtls, correct the certificate in the Secret ${remoteWriteSecret} in namespace ${namespace}`,
  ],
  [/no such host/, () => "correct the host of the URL: docs/remote-write.md shows where it is said"],
  [
    /refused|timeout|deadline|unreachable/,
    () => "see that it runs, and that NetworkPolicies let Prometheus out to its port",
  ],
];

/** The endpoints at which samples of a Prometheus do not arrive. */
export function unsent(found: Sending): Problem[] {
  return endpointsIn(found.metrics).flatMap(({ labels, url, name }): Problem[] => {
    const error = lastError(found.log, name);
    const sent = numberOf(found.metrics, "queue_highest_sent_timestamp_seconds", labels) ?? 0;
    const behind = Math.round(found.now - sent);
    const what =
      error?.isLost === true
        ? "it refuses samples, which are lost"
        : sent === 0
          ? "nothing arrived there yet"
          : behind > mostBehind
            ? `the last sample that arrived there is ${behind} s old`
            : undefined;
    if (what === undefined) return [];
    const cure = cures.find(([pattern]) => pattern.test(error?.text ?? ""))?.[1](found);
    return [
      {
        kind: "not sent",
        subject: `pod ${found.pod}, remote write to ${url}`,
        reason: error === undefined ? what : `${what}: ${error.text}`,
        cure: cure ?? `kubectl -n ${found.namespace} logs ${found.pod} | grep remote_name=${name} tells more`,
      },
    ];
  });
}

function endpointsIn(metrics: string) {
  const lines = metrics.matchAll(/^prometheus_remote_storage_shards(\{[^}]*\}) /gm);
  return [...lines].map(([, labels = ""]) => ({
    labels,
    url: /url="([^"]*)"/.exec(labels)?.[1] ?? "",
    name: /remote_name="([^"]*)"/.exec(labels)?.[1] ?? "",
  }));
}

function numberOf(metrics: string, metric: string, labels: string): number | undefined {
  const start = `prometheus_remote_storage_${metric}${labels} `;
  const line = metrics.split("\n").find((one) => one.startsWith(start));
  return line === undefined ? undefined : Number(line.slice(start.length));
}

/** The last failure that was logged of an endpoint, and whether samples were given up for it. */
function lastError(log: string, name: string): { readonly text: string; readonly isLost: boolean } | undefined {
  const line = log.split("\n").findLast((one) => one.includes(`remote_name=${name} `) && / err=/.test(one));
  const [, quoted, bare] = /\berr=(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(line ?? "") ?? [];
  const text = (quoted ?? bare)?.replaceAll('\\"', '"').trim();
  return text === undefined ? undefined : { text, isLost: /non-recoverable/.test(line ?? "") };
}
