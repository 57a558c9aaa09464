import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { Namespace } from "kubernetes-models/v1/Namespace";
import { pauseReference } from "../../../scripts/lib/cluster/images.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { step } from "../../../scripts/lib/progress.js";

const namespaces = Array.from({ length: 10 }, (_, index) => `plain-prometheus-bench-${index + 1}`);
const perNamespace = 6;

/** How many pods {@link withPods} runs. */
export const podCount = namespaces.length * perNamespace;

/** Does something while there are pods that do nothing, and removes them whatever comes of it. */
export async function withPods<T>(kubectl: Kubectl, work: () => Promise<T>): Promise<T> {
  const labels = { app: "pause" };
  const items = namespaces.flatMap((namespace) => [
    new Namespace({ metadata: { name: namespace } }),
    new Deployment({
      metadata: { name: "pause", namespace },
      spec: {
        replicas: perNamespace,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            containers: [
              { name: "pause", image: pauseReference, resources: { requests: { cpu: "1m", memory: "4Mi" } } },
            ],
          },
        },
      },
    }),
  ]);
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: items.map((item) => item.toJSON()) });
  try {
    await step(`starting ${podCount} pods`, async () => {
      await kubectl.text(["apply", "-f", "-"], { input });
      const ready = ["wait", "deployment/pause", "--for=condition=Available", "--timeout=300s"];
      await Promise.all(namespaces.map((namespace) => kubectl.text([...ready, "--namespace", namespace])));
    });
    return await work();
  } finally {
    await step("deleting them", () =>
      kubectl.text(["delete", "namespace", ...namespaces, "--ignore-not-found", "--timeout=180s"]),
    );
  }
}
