import { hostAndPort } from "../address.js";
import type { Place } from "../cluster/layout.js";
import type { Kubectl } from "../kubectl.js";
import { ofKind, type Rendered } from "../rendered/objects.js";

/**
 * Says where the Prometheus of an overlay is to be opened: the embedded cluster's Services are reachable from this
 * machine, those of a cluster of the user's own through a forwarded port.
 *
 * @param embedded - undefined for a cluster of the user's own.
 */
export async function whereabouts(
  { objects }: Pick<Rendered, "objects">,
  kubectl: Kubectl,
  embedded: Pick<Place, "kubeconfig"> | undefined,
): Promise<string> {
  const service = ofKind(objects, "v1/Service").find(({ metadata }) => metadata.name === "prometheus");
  if (service === undefined) return "the overlay has no Service prometheus";
  const port = service.spec?.ports?.[0]?.port ?? 9090;
  const namespace = ["--namespace", service.metadata.namespace ?? "default"];
  if (embedded === undefined) {
    const forward = ["kubectl", ...kubectl.flags, ...namespace, "port-forward", "service/prometheus", `9090:${port}`];
    return `Prometheus: http://localhost:9090 after: ${forward.join(" ")}`;
  }
  const { spec } = await kubectl.json<{ spec: { clusterIP: string } }>(["get", "service", "prometheus", ...namespace]);
  return `Prometheus: http://${hostAndPort(spec.clusterIP, port)}\nkubectl:    export KUBECONFIG=${embedded.kubeconfig}`;
}
