import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { cluster, imageSources } from "../../../scripts/lib/cluster/index.js";
import type { Place } from "../../../scripts/lib/cluster/layout.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { root } from "../../../scripts/lib/project.js";

const namespace = "monitoring-system";

/** The patch by which an overlay says whom the Querier asks. */
export function asking(endpoints: readonly object[]) {
  const value = stringify({ endpoints });
  return {
    target: { kind: "ConfigMap", name: "thanos-query-endpoints" },
    patch: stringify([{ op: "replace", path: "/data/endpoints.yml", value }]),
  };
}

/**
 * Starts an embedded cluster with one Prometheus, its sidecar and a Querier that asks nobody else: what of a cluster
 * another one's Querier sees.
 *
 * @param named - references of the images
 * @param objectStore - what `objstore.yml` says, which the sidecar reads; nothing is uploaded for the first two hours
 */
export async function smallCluster(place: Place, named: readonly string[], objectStore: string): Promise<Kubectl> {
  const images = imageSources(named).filter(({ reference }) => named.includes(reference));
  const { kubectl } = await cluster.start({ place, kubeletTls: "self-signed", images });
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  const fromRoot = (path: string) => relative(folder, join(root, path));
  try {
    const parts = { Deployment: ["thanos-store", "thanos-query-frontend"], StatefulSet: ["thanos-compact"] };
    const deletions = Object.entries(parts).flatMap(([kind, names]) =>
      names.map((name) => ({ $patch: "delete", apiVersion: "apps/v1", kind, metadata: { name, namespace } })),
    );
    const one = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "thanos-query", namespace } };
    const kustomization = {
      resources: ["base/namespace", "base/prometheus"].map(fromRoot),
      components: [fromRoot("base/components/thanos")],
      secretGenerator: [
        { name: "thanos-objstore", namespace, files: ["objstore.yml"], options: { disableNameSuffixHash: true } },
      ],
      patches: [
        ...[...deletions, { ...one, spec: { replicas: 1 } }].map((patch) => ({ patch: stringify(patch) })),
        asking([{ address: "dns+thanos-sidecar:10901" }]),
      ],
    };
    await writeFile(join(folder, "kustomization.yaml"), stringify(kustomization));
    await writeFile(join(folder, "objstore.yml"), objectStore);
    await kubectl.text(["apply", "-k", folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
  return kubectl;
}
