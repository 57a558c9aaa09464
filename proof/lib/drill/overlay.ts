import { mkdir, writeFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { configMaps } from "../../../generators/prometheus/pod.js";
import { root } from "../../../scripts/lib/project.js";
import { render } from "../../../scripts/lib/render.js";
import { ofKind, type Rendered } from "../../../scripts/lib/rendered/objects.js";
import { withTemporaryFolder } from "../../../scripts/lib/temporary-folder.js";
import { quickAlertmanager, quickRules } from "./quick.js";
import type { Receiver } from "./receiver.js";

/** The scheduler's job is off in an overlay that knows no platform, and its certificate is its own. */
const components = [
  "network-policies",
  "alertmanager-webhooks",
  "kube-scheduler",
  "kube-controller-manager",
  "insecure-control-plane-tls",
];

/**
 * What a drill runs: an overlay that tells its receivers by webhook, watches the scheduler, and fires and tells sooner. Its
 * network policies let Alertmanager out to the receiver.
 */
export async function withQuickOverlay<T>(
  overlay: string,
  alerts: readonly string[],
  receiver: Pick<Receiver, "host" | "port">,
  work: (quick: Rendered) => Promise<T>,
): Promise<T> {
  return await withTemporaryFolder(async (folder) => {
    // A folder of its own: within one kustomization a Component has the last word over a generator.
    const webhooks = join(folder, "webhooks");
    const fromWebhooks = (path: string) => relative(webhooks, join(root, path));
    const write = (path: string, text: string) => writeFile(join(folder, path), text);
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
    const target = { kind: "NetworkPolicy", name: "alertmanager" };
    const patches = [{ target, patch: stringify([{ op: "add", path: "/spec/egress/-", value: egressTo(receiver) }]) }];
    await write("kustomization.yaml", stringify({ resources: ["webhooks"], configMapGenerator, patches }));
    return await work(await render(folder));
  });
}

/** A rule for one address and one port. */
function egressTo({ host, port }: Pick<Receiver, "host" | "port">): object {
  const cidr = `${host}/${isIPv6(host) ? 128 : 32}`;
  return { to: [{ ipBlock: { cidr } }], ports: [{ protocol: "TCP", port }] };
}
