import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { type ActiveTarget, type InstantSample, prometheusBehind } from "../../../scripts/lib/prometheus.js";

const namespace = "monitoring-system";
const api = (kubectl: Kubectl) => prometheusBehind(kubectl, namespace, "prometheus:http");

/** The active targets of the Prometheus of overlays/devbox, asked through the API server. */
export async function targets(kubectl: Kubectl): Promise<readonly ActiveTarget[]> {
  return await api(kubectl).targets();
}

/** How long samples are kept, as Prometheus itself says it: `2d or 2GB`. */
export async function retention(kubectl: Kubectl): Promise<string> {
  return (await api(kubectl).get<{ storageRetention: string }>("status/runtimeinfo")).storageRetention;
}

/** The samples that an instant query gives. */
export async function query(kubectl: Kubectl, expression: string): Promise<readonly InstantSample[]> {
  return await api(kubectl).instant(expression);
}

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly status: { readonly containerStatuses: readonly { readonly restartCount: number }[] };
  }[];
}

/** The one pod of Prometheus, and how often its container was restarted. */
export async function prometheusPod(kubectl: Kubectl): Promise<{ name: string; uid: string; restarts: number }> {
  const selector = "app.kubernetes.io/name=prometheus";
  const { items } = await kubectl.json<Pods>(["get", "pods", "--namespace", namespace, "--selector", selector]);
  const [pod] = items;
  if (pod === undefined || items.length > 1) throw new Error(`${items.length} pods of Prometheus, where one should be`);
  const restarts = pod.status.containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  return { name: pod.metadata.name, uid: pod.metadata.uid, restarts };
}

/** What a command prints in Prometheus' container. */
export async function inPod(kubectl: Kubectl, command: readonly string[]): Promise<string> {
  return await kubectl.text(["exec", "--namespace", namespace, "deployment/prometheus", "--", ...command]);
}
