import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "uvu";
import { parse } from "yaml";
import { sharding, sharedBy } from "../../generators/prometheus/scrape/sharding.js";
import type { ScrapeJob } from "../../metrics/scrape-job.js";
import { externalUrl } from "../../scripts/lib/checks/external-url.js";
import { letThrough } from "../../scripts/lib/checks/let-through.js";
import { prometheusConfig } from "../../scripts/lib/checks/prometheus/config.js";
import { schema } from "../../scripts/lib/checks/schema.js";
import { selectors } from "../../scripts/lib/checks/selectors.js";
import { sharedTargets } from "../../scripts/lib/checks/shared-targets.js";
import { Failure } from "../../scripts/lib/failure.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { find, ofKind, type RenderedObject } from "../../scripts/lib/rendered/objects.js";
import { prometheusesOf } from "../../scripts/lib/rendered/prometheus.js";
import { workloadsOf } from "../../scripts/lib/rendered/workloads.js";
import { findings } from "../scripts/lib/checks/fixtures.js";

const components = join(root, "base/components");
const all = (await readdir(components)).sort();

/** What base/ gives with these Components: folders below base/components/, or elsewhere when absolute. */
async function withComponents(...listed: string[]): Promise<readonly RenderedObject[]> {
  return await withPatches(listed, []);
}

async function withPatches(listed: readonly string[], patches: readonly string[]): Promise<readonly RenderedObject[]> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-"));
  try {
    const paths = listed.map((name) => relative(folder, name.startsWith("/") ? name : join(components, name)));
    const text = {
      namespace: "elsewhere",
      resources: [relative(folder, join(root, "base"))],
      components: paths,
      patches: patches.map((patch) => ({ patch })),
    };
    await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(text));
    return (await render(folder)).objects;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same Component under another name: another one that does what it does. */
async function withCopyOf<T>(name: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-copy-"));
  try {
    await cp(join(components, name), folder, { recursive: true });
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const prometheusIn = (objects: readonly RenderedObject[]) =>
  workloadsOf({ objects }).find(({ object }) => object.endsWith("elsewhere/prometheus")) ??
  assert.fail("no Prometheus");
const scrapeJob = (objects: readonly RenderedObject[], file: string) =>
  parse(find(objects, "v1/ConfigMap", "prometheus-scrape", "elsewhere")?.data?.[file] ?? "").scrape_configs[0];
const failing = (pattern: RegExp) => (error: unknown) => error instanceof Failure && pattern.test(error.message);

/** What has to be listed before some of them. */
const before: Readonly<Record<string, readonly string[]>> = {
  "agent-on-nodes": ["agent"],
  "agent-on-nodes-network-policies": ["network-policies", "agent", "agent-on-nodes"],
  "etcd-client-certificate": ["etcd"],
  "insecure-control-plane-tls": ["kube-scheduler", "kube-controller-manager"],
  "insecure-kubelet-paths-tls": ["kubelet-paths"],
  "thanos-network-policies": ["network-policies", "thanos"],
};

for (const name of all) {
  test(`${name} builds over base/`, async () => {
    assert.ok((await withComponents(...(before[name] ?? []), name)).length > 0);
  });
}

for (const [name, needed] of Object.entries(before)) {
  test(`${name} without ${needed.join(" and ")} would do what its name does not say, so it does not build`, async () => {
    await assert.rejects(withComponents(name), failing(new RegExp(`${name} needs ${needed[0]}, listed before it`)));
  });
}

for (const [name, file] of [
  ["basic-auth", "prometheus.yml"],
  ["insecure-kubelet-tls", "kubelet.yml"],
] as const) {
  test(`a second Component that replaces ${file} after ${name} does not build, and the error names the file`, async () => {
    await withCopyOf(name, async (copy) => {
      await assert.rejects(
        withComponents(name, copy),
        failing(new RegExp(`only one of .*${name}.* may be listed, and once: it replaces \\S+\\.${file}`)),
      );
    });
  });
}

test("Components that replace different files build together", async () => {
  const objects = await withComponents("basic-auth", "insecure-kubelet-tls");
  assert.ok(scrapeJob(objects, "prometheus.yml").basic_auth);
  assert.ok(scrapeJob(objects, "kubelet.yml").tls_config.insecure_skip_verify);
});

const nativeForm = (objects: readonly RenderedObject[]) => {
  const data = (name: string) => find(objects, "v1/ConfigMap", name, "elsewhere")?.data ?? {};
  const jobs = Object.values(data("prometheus-scrape")).flatMap((text) => parse(text).scrape_configs ?? []);
  const converts = ({ convert_classic_histograms_to_nhcb: converts = false }) => converts;
  return {
    converting: jobs
      .filter(converts)
      .map(({ job_name }) => job_name)
      .sort(),
    classic: jobs
      .filter((job) => !converts(job))
      .map(({ job_name }) => job_name)
      .sort(),
    buckets: ofKind(objects, "v1/ConfigMap")
      .flatMap(({ data = {} }) => Object.values(data))
      .filter((text) => /_bucket\b/.test(text)),
  };
};

test("native-histograms converts jobs whichever Component wrote them, with rules and dashboards", async () => {
  const others = ["prometheus-ha", "grafana", "platform-kubeadm", "kubelet-paths", "annotated-workloads"];
  const replacing = ["basic-auth", "insecure-kubelet-tls", "insecure-kubelet-paths-tls", "insecure-control-plane-tls"];
  const objects = await withComponents(...others, ...replacing, "etcd-client-certificate", "native-histograms");
  const { converting, classic, buckets } = nativeForm(objects);
  assert.deepEqual(converting, [
    ...["alertmanager", "coredns", "etcd", "kube-controller-manager", "kube-proxy", "kube-scheduler"],
    ...["kube-state-metrics-telemetry", "kubelet", "kubelet-probes", "kubernetes-apiservers", "prometheus"],
  ]);
  assert.deepEqual(classic, [
    ...["annotated-pods", "annotated-services", "cadvisor", "kube-state-metrics", "kubelet-resource", "kubelet-slis"],
    "node-exporter",
  ]);
  assert.deepEqual(buckets, []);
  assert.ok(scrapeJob(objects, "prometheus.yml").basic_auth);
  assert.ok(scrapeJob(objects, "kubelet.yml").tls_config.insecure_skip_verify);
  assert.ok(scrapeJob(objects, "etcd.yml").tls_config.cert_file);
  assert.deepEqual(await findings(prometheusConfig, ...objects), []);
});

test("native-histograms leaves what k3s drops, and comes after whatever writes a job", async () => {
  const objects = await withComponents("platform-k3s", "lean", "native-histograms");
  assert.ok(scrapeJob(objects, "kubelet.yml").metric_relabel_configs.length > 0);
  assert.ok(nativeForm(objects).converting.includes("kubelet"));
  for (const later of ["basic-auth", "coredns", "grafana", "insecure-kubelet-tls", "lean"])
    await assert.rejects(
      withComponents("native-histograms", later),
      failing(new RegExp(`native-histograms has to come after ${later}`)),
    );
});

test("each shard has every job with its own share, whichever Component wrote the job and whatever others put behind", async () => {
  const others = ["prometheus-ha", "network-policies", "kubelet-paths", "annotated-workloads", "blackbox-exporter"];
  for (const more of [["platform-k3s"], ["platform-eks"], ["platform-kubeadm", "insecure-kubelet-tls"]]) {
    const objects = await withComponents(...others, ...more, "lean", "native-histograms", "sharded");
    const jobsIn = (name: string) =>
      Object.entries(find(objects, "v1/ConfigMap", name, "elsewhere")?.data ?? {}).flatMap(([file, text]) =>
        file.endsWith(".yml") ? (parse(text).scrape_configs as ScrapeJob["config"][]) : [],
      );
    for (const number of [0, 1]) {
      const expected = jobsIn("prometheus-scrape").map((job) => {
        const { relabel_configs = [] } = job;
        const none = { action: "drop", source_labels: ["job"], regex: ".+" };
        if (job.job_name !== "prometheus")
          return { ...job, relabel_configs: [...sharding(sharedBy(job), 2, number), ...relabel_configs] };
        // The one in front has each pair of shards for targets too, and twice that fits.
        assert.equal(job.target_limit, 28);
        return { ...job, target_limit: 20, relabel_configs: [none, ...relabel_configs] };
      });
      assert.ok(expected.length > 11);
      assert.deepEqual(jobsIn(`prometheus-scrape-shard-${number}`), JSON.parse(JSON.stringify(expected)));
    }
    assert.deepEqual(await findings(prometheusConfig, ...objects), []);
    assert.deepEqual(await findings(sharedTargets, ...objects), []);
    assert.deepEqual(await findings(selectors, ...objects), []);
    const prometheus = prometheusesOf({ objects }).find(({ workload }) => workload.object.endsWith("/prometheus"));
    assert.deepEqual(
      prometheus?.clients.flatMap(({ config }) => config.job_name ?? []),
      ["prometheus"],
    );
    assert.ok((prometheus?.seen.length ?? 0) > 11);
  }
});

test("where connections are denied, the build names the Component that lets those of another one through", async () => {
  for (const name of ["thanos", "grafana"]) {
    const fixes = (await findings(letThrough, ...(await withComponents("network-policies", name)))).map(
      ({ fix }) => fix,
    );
    assert.ok(
      fixes.some((fix) => fix.startsWith(`list base/components/${name}-network-policies, or `)),
      fixes.join("\n"),
    );
  }
});

test("a job that an overlay patches in is refused, as every shard would scrape it", async () => {
  const patch = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "prometheus-scrape-shard-0", namespace: "monitoring-system" },
    data: { "own.yml": "scrape_configs: [{ job_name: own, static_configs: [{ targets: ['a:1'] }] }]" },
  };
  const objects = await withPatches(["sharded"], [JSON.stringify(patch)]);
  assert.deepEqual(
    (await findings(sharedTargets, ...objects)).map(({ message }) => message),
    ["own.yml: job own takes every target, and every other shard does so too"],
  );
});

test("lean reaches the StatefulSet of kube-state-metrics-shards, which has to be listed before it", async () => {
  const objects = await withComponents("kube-state-metrics-shards", "lean");
  assert.equal(find(objects, "apps/v1/Deployment", "kube-state-metrics", "elsewhere"), undefined);
  const set = find(objects, "apps/v1/StatefulSet", "kube-state-metrics", "elsewhere");
  const env = set?.spec?.template?.spec?.containers[0]?.env ?? [];
  assert.equal(env.find(({ name }) => name === "TOTAL_SHARDS")?.value, `${set?.spec?.replicas}`);
  assert.match(env.find(({ name }) => name === "METRIC_ALLOWLIST")?.value ?? "", /kube_pod_info/);
  await assert.rejects(
    withComponents("lean", "kube-state-metrics-shards"),
    failing(/lean has to come after kube-state-metrics-shards/),
  );
});

test("basic-auth reaches the StatefulSet of prometheus-ha, when listed after it", async () => {
  const { object, containers, pod } = prometheusIn(await withComponents("prometheus-ha", "basic-auth"));
  assert.match(object, /^StatefulSet/);
  const [container] = containers;
  for (const probe of [container?.startupProbe, container?.readinessProbe, container?.livenessProbe]) {
    assert.equal(probe?.httpGet, undefined);
    assert.equal(probe?.exec?.command?.[0], "/bin/promtool");
  }
  const folder = container?.volumeMounts?.find(({ name }) => name === "web")?.mountPath;
  assert.equal(container?.env?.find(({ name }) => name === "WEB_CONFIG_FILE")?.value, `${folder}/web-config.yml`);
  assert.equal(pod.volumes?.find(({ name }) => name === "web")?.secret?.secretName, "prometheus-web");
});

test("basic-auth before prometheus-ha would be lost, so it does not build", async () => {
  await assert.rejects(
    withComponents("basic-auth", "prometheus-ha"),
    failing(/basic-auth has to come after prometheus-ha/),
  );
});

test("without basic-auth there is no web configuration", async () => {
  const [container] = prometheusIn(await withComponents("prometheus-ha")).containers;
  assert.deepEqual(
    container?.env?.find(({ name }) => name === "WEB_CONFIG_FILE"),
    { name: "WEB_CONFIG_FILE" },
  );
});

test("namespaced-access leaves in the ClusterRole what is not of one namespace", async () => {
  const rules = async (...names: string[]) =>
    find(
      await withComponents(...names),
      "rbac.authorization.k8s.io/v1/ClusterRole",
      "plain-prometheus:prometheus",
      undefined,
    )?.rules ?? [];
  assert.deepEqual(
    (await rules("namespaced-access")).flatMap(({ resources, nonResourceURLs }) => resources ?? nonResourceURLs),
    ["nodes", "nodes/metrics", "/metrics"],
  );
  assert.ok((await rules()).length > 3);
});

test("the patches of docs/ways-in.md and of the recipe that it names build, leave no placeholder and are what the API knows", async () => {
  const document = await readFile(join(root, "docs/ways-in.md"), "utf8");
  const patches = [...document.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = ""]) => block);
  const manifests = patches.filter((text) => text.startsWith("apiVersion:"));
  assert.equal(manifests.length, 3);
  manifests.splice(1, 0, await readFile(join(root, "docs/recipes/ingress/host.yaml"), "utf8"));
  const ways = ["prometheus-ha", "network-policies", "ingress", "gateway", "basic-auth"];
  const patched = await withPatches(ways, manifests);
  assert.equal(JSON.stringify(patched).match(/<set [^>]+>/), null);
  for (const check of [schema, externalUrl]) assert.deepEqual(await findings(check, ...patched), []);
  const unknown = await findings(externalUrl, ...(await withPatches(ways, manifests.slice(0, 3))));
  assert.ok(unknown.some(({ message }) => /prometheus\.example\.com .* EXTERNAL_URL is empty/.test(message)));
  assert.ok(JSON.stringify(await withPatches(ways, manifests.slice(0, 2))).match(/<set [^>]+>/));
});

test.run();
