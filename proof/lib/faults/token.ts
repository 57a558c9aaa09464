import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runInside } from "../../../scripts/lib/cluster/node.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { applyObjects } from "../../../scripts/lib/kubectl.js";
import type { Rendered } from "../../../scripts/lib/rendered/objects.js";
import { copyPolicies } from "../rbac/copy-policies.js";
import { podCopy } from "../rbac/pod-copy.js";
import { type Endured, missingIn } from "./endure.js";
import { namespace, type Replica, replicasOf, scrapedSince } from "./replicas.js";
import { nodeOf, type Testbed, until } from "./testbed.js";

/** The shortest that a token may live, in seconds; the kubelet replaces it when a fifth of that is left. */
const tokenSeconds = 600;

/** Samples from before the new token and from after the end of the old one show that nothing was lost in between. */
const margin = 60;

const pod = "proof-token";
const labels = { "plain-prometheus/proof": "token" };
const label = `plain-prometheus/proof=${labels["plain-prometheus/proof"]}`;
const jobs = ["kubelet", "cadvisor", "kubernetes-apiservers"];

/** A Prometheus beside the replicas, on the first node, whose token is replaced within ten minutes. */
export interface TokenWatch {
  /** Waits until its first token was replaced and has expired, and says what is missing since. */
  finish(): Promise<Endured>;
}

interface Token {
  readonly iat: number;
  readonly exp: number;
}

/** Starts it: what a token's replacement costs is then seen while other faults happen elsewhere. */
export async function watchToken(testbed: Testbed, rendered: Rendered): Promise<TokenWatch> {
  const [first] = testbed.cluster.nodes;
  const policies = copyPolicies(rendered, namespace, labels);
  await applyObjects(testbed.cluster.kubectl, [...policies, podWithShortToken(rendered, first?.name ?? "")]);
  const replica = await until("the Prometheus with the short token runs", () => self(testbed));
  const old = await tokenOf(testbed, replica);
  return {
    async finish() {
      await until(
        "the kubelet has replaced the token",
        async () => (await tokenOf(testbed, replica)).iat > old.iat,
        tokenSeconds + margin,
      );
      const replaced = (await tokenOf(testbed, replica)).iat;
      await sleep(Math.max(0, (old.exp + margin) * 1000 - Date.now()));
      const scraped = (await scrapedSince(replica, replaced - margin)).filter(
        ({ labels: { job, node = first?.name } }) => jobs.includes(job) && node === first?.name,
      );
      const lost = missingIn([scraped], replaced - margin, Date.now() / 1000, testbed.scrapeInterval);
      if (lost.missing.length !== jobs.length) {
        throw new Failure(`the Prometheus with the short token has not scraped all of ${jobs.join(", ")}`);
      }
      const made = ["networkpolicies,pods", "--selector", label, "--namespace", namespace];
      await testbed.cluster.kubectl.text(["delete", ...made]);
      return {
        fault: { name: "The token of its ServiceAccount is replaced, and the old one expires" },
        ...lost,
        queries: undefined,
        readyAfter: 0,
        upAfter: 0,
        damage: [],
        scrapeInterval: testbed.scrapeInterval,
      };
    },
  };
}

function podWithShortToken(rendered: Rendered, node: string): object {
  const spec = podCopy(rendered, { name: "prometheus", namespace });
  const sources = [
    { serviceAccountToken: { path: "token", expirationSeconds: tokenSeconds } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
  ];
  const mount = { name: "token", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: pod, namespace, labels },
    spec: {
      ...spec,
      nodeSelector: { "kubernetes.io/hostname": node },
      automountServiceAccountToken: false,
      containers: spec.containers.map((container) => ({
        ...container,
        volumeMounts: [...(container.volumeMounts ?? []), mount],
      })),
      volumes: [...(spec.volumes ?? []), { name: "token", projected: { sources } }],
    },
  };
}

async function self({ cluster }: Testbed): Promise<Replica | undefined> {
  return (await replicasOf(cluster.kubectl, label)).find(({ isReady }) => isReady);
}

/** As it stands in the volume that the kubelet keeps. Source: RFC 7519 */
async function tokenOf(testbed: Testbed, { node, uid }: Replica): Promise<Token> {
  const file = join("/var/lib/kubelet/pods", uid, "volumes/kubernetes.io~projected/token/token");
  const [, payload = ""] = (await runInside(nodeOf(testbed, node), ["cat", file])).split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Token;
}
