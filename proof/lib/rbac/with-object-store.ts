import { objectStoreFile, objectStoreSecret } from "../../../generators/thanos/pod.js";
import { hostAndPort } from "../../../scripts/lib/address.js";
import { apply } from "../../../scripts/lib/apply.js";
import type { Cluster } from "../../../scripts/lib/cluster/index.js";
import { applyObjects } from "../../../scripts/lib/kubectl.js";
import type { Rendered } from "../../../scripts/lib/rendered/objects.js";
import { workloadsOf } from "../../../scripts/lib/rendered/workloads.js";
import { objectStore } from "../object-store.js";

/** The label of a Secret that a proof made. */
const lent = "plain-prometheus/lent";

/**
 * Runs `work` while Thanos has an object store on this machine, where an overlay has Thanos and nobody has made its
 * Secret: without one its pods do not start, and a scrape of them tells nothing of permissions.
 */
export async function withObjectStore<T>(
  rendered: Rendered,
  { kubectl, layout }: Pick<Cluster, "kubectl" | "layout">,
  work: () => Promise<T>,
): Promise<T> {
  const waiting = workloadsOf(rendered).filter(({ pod }) =>
    pod.volumes?.some(({ secret }) => secret?.secretName === objectStoreSecret),
  );
  const namespace = waiting[0]?.namespace ?? "";
  // One that an interrupted proof left behind is none of theirs.
  const theirs = ["--field-selector", `metadata.name=${objectStoreSecret}`, "--selector", `!${lent}`, "--output=name"];
  const isTheirs = async () => (await kubectl.text(["get", "secrets", "--namespace", namespace, ...theirs])) !== "";
  if (waiting.length === 0 || (await isTheirs())) return await work();
  // The port that the policies leave open.
  const store = await objectStore(hostAndPort(layout.network.hosts[0], 443));
  try {
    await store.start();
    const metadata = { name: objectStoreSecret, namespace, labels: { [lent]: "" } };
    const stringData = { [objectStoreFile]: store.config };
    await applyObjects(kubectl, [{ apiVersion: "v1", kind: "Secret", metadata, stringData }]);
    // The kubelet waits longer and longer between its attempts.
    const names = waiting.map(({ labels }) => labels["app.kubernetes.io/name"]).join();
    const label = `app.kubernetes.io/name in (${names})`;
    await kubectl.text(["delete", "pods", "--namespace", namespace, "--selector", label]);
    await apply(rendered, kubectl);
    return await work();
  } finally {
    await store.remove();
    await kubectl.text(["delete", "secret", objectStoreSecret, "--namespace", namespace, "--ignore-not-found"]);
  }
}
