import { hostAndPort } from "../../../scripts/lib/address.js";
import { type Cluster, cluster } from "../../../scripts/lib/cluster/index.js";
import { Failure } from "../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { type PrometheusApi, prometheusAt } from "../../../scripts/lib/prometheus.js";

/** The address of a Service of the embedded cluster, which this machine reaches; `http://10.250.128.7:9090`. */
export async function serviceAddress(kubectl: Kubectl, name: string, namespace: string): Promise<string> {
  const { spec } = await kubectl.json<{ spec: { clusterIP: string; ports: [{ port: number }] } }>([
    "get",
    "service",
    name,
    `--namespace=${namespace}`,
  ]);
  return `http://${hostAndPort(spec.clusterIP, spec.ports[0].port)}`;
}

/** The Prometheus of the embedded cluster, at the address of its Service. A query over many series may take its time. */
export async function livePrometheus(kubectl: Kubectl, namespace: string): Promise<PrometheusApi> {
  const address = await serviceAddress(kubectl, "prometheus", namespace);
  return prometheusAt(address, { cure: "npm run verify says why", seconds: 120 });
}

/** @throws Failure when the embedded cluster does not run. */
export async function embeddedCluster(): Promise<Cluster> {
  const running = await cluster.current();
  if (running === undefined) throw new Failure("the embedded cluster does not run", "npm run up");
  return running;
}
