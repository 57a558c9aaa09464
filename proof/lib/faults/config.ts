import { defaults } from "../../../generators/settings/index.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { ask, namespace, replicasOf, runtimeInfo } from "./replicas.js";
import { type Testbed, until } from "./testbed.js";

const map = ["configmap", "prometheus-scrape", "--namespace", namespace];
const file = "kubelet.yml";

/** Has the jobs that go by the interval of `lean` scrape at another one, and returns when every replica does. */
export async function scrapeEvery(interval: string, kubectl: Kubectl): Promise<void> {
  const { data } = await kubectl.json<{ data: Record<string, string> }>(["get", ...map]);
  const own = `scrape_interval: ${defaults.lean.scrapeInterval}`;
  for (const [file, text] of Object.entries(data)) {
    if (text.includes(own)) await put(kubectl, file, text.replaceAll(own, `scrape_interval: ${interval}`));
  }
  await until(`every replica scrapes every ${interval}`, async () => {
    const configs = await Promise.all(
      (await replicasOf(kubectl)).map((replica) => ask(replica, (api) => api.get<{ yaml: string }>("status/config"))),
    );
    return configs.length > 0 && configs.every((config) => config && !config.yaml.includes(own));
  });
}

/** Has every replica try a configuration that does not load, and then again the one that it had. */
export async function breakAndMend(testbed: Testbed): Promise<undefined> {
  const { kubectl } = testbed.cluster;
  const { data } = await kubectl.json<{ data: Record<string, string> }>(["get", ...map]);
  try {
    await put(kubectl, file, "scrape_configs: [{ job_name: kubelet, no_such_field: 1 }]\n");
    await untilReload(testbed, false);
  } finally {
    await put(kubectl, file, data[file] ?? "");
  }
  await untilReload(testbed, true);
}

async function put(kubectl: Kubectl, file: string, text: string): Promise<void> {
  await kubectl.text(["patch", ...map, "--type=merge", "--patch", JSON.stringify({ data: { [file]: text } })]);
}

async function untilReload(testbed: Testbed, success: boolean): Promise<void> {
  await until(`every replica says that its last reload ${success ? "succeeded" : "failed"}`, async () => {
    const answers = await Promise.all((await replicasOf(testbed.cluster.kubectl)).map(runtimeInfo));
    return answers.every((answer) => answer?.reloadConfigSuccess === success);
  });
}
