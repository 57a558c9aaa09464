import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { configMaps } from "../../../generators/prometheus/pod.js";
import { root } from "../../../scripts/lib/project.js";
import { render } from "../../../scripts/lib/render.js";
import { ofKind, type Rendered } from "../../../scripts/lib/rendered/objects.js";
import { quickAlertmanager, quickRules } from "./quick.js";

/** The scheduler's job is off in an overlay that knows no platform, and its certificate is its own. */
const components = ["alertmanager-webhooks", "kube-scheduler", "kube-controller-manager", "insecure-control-plane-tls"];

/** What a drill runs: an overlay that tells its receivers by webhook, watches the scheduler, and fires and tells sooner. */
export async function withQuickOverlay<T>(
  overlay: string,
  alerts: readonly string[],
  work: (quick: Rendered) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), "plain-prometheus-drill-"));
  // A folder of its own: within one kustomization a Component has the last word over a generator.
  const webhooks = join(folder, "webhooks");
  const fromWebhooks = (path: string) => relative(webhooks, join(root, path));
  const write = (path: string, text: string) => writeFile(join(folder, path), text);
  try {
    for (const name of ["webhooks", "rules"]) await mkdir(join(folder, name));
    await write(
      "webhooks/kustomization.yaml",
      stringify({
        resources: [fromWebhooks(overlay)],
        components: components.map((name) => fromWebhooks(`base/components/${name}`)),
      }),
    );
    const maps = ofKind((await render(webhooks)).objects, "v1/ConfigMap");
    const rules = maps.find(({ metadata }) => metadata.name === configMaps.rules);
    const alertmanager = maps.find(
      ({ metadata, data }) =>
        data?.["alertmanager.yml"] !== undefined && metadata.name.startsWith("alertmanager-config"),
    );
    const files = Object.entries(rules?.data ?? {}).map(
      ([name, text]) => [`rules/${name}`, quickRules(text, alerts)] as const,
    );
    const config = ["alertmanager.yml", quickAlertmanager(alertmanager?.data?.["alertmanager.yml"] ?? "")] as const;
    for (const [name, text] of [...files, config]) await write(name, text);
    const merged = (name: string, from: readonly (readonly [string, string])[]) => ({
      name,
      namespace: rules?.metadata.namespace,
      behavior: "merge",
      files: from.map(([file]) => file),
    });
    const configMapGenerator = [
      { ...merged(configMaps.rules, files), options: { disableNameSuffixHash: true } },
      merged("alertmanager-config", [config]),
    ];
    await write("kustomization.yaml", stringify({ resources: ["webhooks"], configMapGenerator }));
    return await work(await render(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}
