import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { tsImport } from "tsx/esm/api";
import { test } from "uvu";
import { parse, stringify } from "yaml";
import { accessOf } from "../../generators/derive/access.js";
import { selector } from "../../generators/lib/labels.js";
import type { ScrapeJob } from "../../metrics/scrape-job.js";
import { runChecks } from "../../scripts/lib/checks/index.js";
import { prometheusConfig } from "../../scripts/lib/checks/prometheus/config.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { allowed, type Endpoint } from "../../scripts/lib/rendered/network-policy.js";
import { find } from "../../scripts/lib/rendered/objects.js";

/** The blocks of docs/your-applications.md in a language, in their order. */
async function blocks(language: string): Promise<string[]> {
  const document = await readFile(join(root, "docs/your-applications.md"), "utf8");
  return [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text = ""]) => text);
}

/** Runs `work` with an overlay like a user's own: the files, and a kustomization over overlays/devbox. */
async function withOverlay<T>(
  files: Readonly<Record<string, string>>,
  kustomization: object,
  components: readonly string[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const cache = join(root, "node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "applications-"));
  const fromHere = (path: string) => relative(folder, join(root, path));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const listed = components.map((name) => fromHere(`base/components/${name}`));
    const whole = { resources: [fromHere("overlays/devbox")], components: listed, ...kustomization };
    await writeFile(join(folder, "kustomization.yaml"), stringify(whole));
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const isJob = (text: string) => text.startsWith("scrape_configs:");
const isProbes = (text: string) => text.startsWith("- targets:");
const merging = (file: string) => (text: string) => text.startsWith("configMapGenerator:") && text.includes(file);

test("the job in plain YAML goes into an overlay as written, and promtool takes it", async () => {
  const yaml = await blocks("yaml");
  const kustomization = parse(yaml.find(merging("my-app.yml")) ?? "");
  const job = yaml.find(isJob) ?? "";
  await withOverlay({ "my-app.yml": job }, kustomization, [], async (folder) => {
    const rendered = await render(folder);
    const data = find(rendered.objects, "v1/ConfigMap", "prometheus-scrape", "monitoring-system")?.data;
    assert.equal(data?.["my-app.yml"], job);
    assert.ok(data["kubelet.yml"], "the other jobs are gone");
    assert.deepEqual(await prometheusConfig.run(rendered), []);
  });
});

test("behind policies the job in plain YAML and its policy pass every check, and the job alone does not", async () => {
  const yaml = await blocks("yaml");
  const files = {
    "my-app.yml": yaml.find(isJob) ?? "",
    "policy.yaml": yaml.find((text) => text.includes("kind: NetworkPolicy")) ?? "",
  };
  const merge = parse(yaml.find(merging("my-app.yml")) ?? "");
  for (const policies of [[], ["policy.yaml"]]) {
    const kustomization = { ...merge, resources: [...policies, "../../../overlays/devbox"] };
    await withOverlay(files, kustomization, ["network-policies", "grafana-network-policies"], async (folder) => {
      const findings = [...(await runChecks(await render(folder))).values()].flat();
      assert.equal(findings.length === 0, policies.length > 0, JSON.stringify(findings));
    });
  }
});

test("a copy of a Component's job belongs into an overlay over the one that lists it", async () => {
  const merge = parse((await blocks("yaml")).find(merging("my-app.yml")) ?? "");
  merge.configMapGenerator[0].files = ["annotated-pods.yml"];
  const job = await readFile(join(root, "base/components/annotated-workloads/scrape/annotated-pods.yml"), "utf8");
  const files = {
    "annotated-pods.yml": job.replace("role: pod\n", "role: pod\n        namespaces: { names: [shop] }\n"),
  };
  await withOverlay({}, {}, ["annotated-workloads"], async (below) => {
    await withOverlay(files, { ...merge, resources: [join("..", basename(below))] }, [], async (folder) => {
      assert.deepEqual([...(await runChecks(await render(folder))).values()].flat(), []);
    });
  });
});

test("a dashboard is mounted where Grafana looks, and elsewhere is told", async () => {
  const text = (await blocks("yaml")).find(merging("my-app.json")) ?? "";
  const files = { "my-app.json": JSON.stringify({ uid: "mine", panels: [] }) };
  for (const [path, wrong] of [
    ["workloads/mine", 0],
    ["mine", 1],
  ] as const) {
    await withOverlay(files, parse(text.replace("workloads/mine", path)), [], async (folder) => {
      const findings = [...(await runChecks(await render(folder))).values()].flat();
      assert.equal(findings.length, wrong, JSON.stringify(findings));
      assert.ok(findings.every(({ message }) => message.includes("where no provider of Grafana looks")));
    });
  }
});

test("a job that logs in reads a Secret that the patch mounts, and without the patch that is told", async () => {
  const yaml = await blocks("yaml");
  const job = yaml.find((text) => text.includes("my-login")) ?? "";
  const patches = parse(yaml.find((text) => text.startsWith("patches:") && text.includes("secretName")) ?? "");
  const merge = parse(yaml.find(merging("my-app.yml")) ?? "");
  for (const [fields, wrong] of [
    [patches, 0],
    [{}, 1],
  ] as const) {
    await withOverlay({ "my-app.yml": job }, { ...merge, ...fields }, [], async (folder) => {
      const findings = [...(await runChecks(await render(folder))).values()].flat();
      assert.equal(findings.length, wrong, JSON.stringify(findings));
      assert.ok(findings.every(({ fix }) => fix.includes("docs/your-applications.md: a Secret for a job")));
    });
  }
});

test("a job in plain YAML that Prometheus would refuse is found", async () => {
  const kustomization = parse((await blocks("yaml")).find(merging("my-app.yml")) ?? "");
  await withOverlay({ "my-app.yml": "scrape_configs: [{ job_nam: my-app }]\n" }, kustomization, [], async (folder) => {
    const [finding] = await prometheusConfig.run(await render(folder));
    assert.match(finding?.message ?? "", /my-app\.yml: .*job_nam/);
  });
});

test("the probes go beside those of the Component, and promtool takes them", async () => {
  const yaml = await blocks("yaml");
  const kustomization = parse(yaml.find(merging("probes-shop.yaml")) ?? "");
  const files = { "probes-shop.yaml": yaml.find(isProbes) ?? "" };
  await withOverlay(files, kustomization, ["blackbox-exporter"], async (folder) => {
    const rendered = await render(folder);
    const data = find(rendered.objects, "v1/ConfigMap", "prometheus-scrape", "monitoring-system")?.data ?? {};
    assert.deepEqual(
      Object.keys(data).filter((file) => file.endsWith(".yaml")),
      ["probes-shop.yaml", "probes.yaml"],
    );
    assert.deepEqual(await prometheusConfig.run(rendered), []);
  });
});

test("overlays/devbox with all of it passes every check", async () => {
  await withOverlay({}, {}, ["annotated-workloads", "blackbox-exporter"], async (folder) => {
    const findings = await runChecks(await render(folder));
    assert.ok(findings.size > 10);
    assert.deepEqual([...findings.values()].flat(), []);
  });
});

const pod = (name: string, namespace = "monitoring-system"): Endpoint => ({
  address: "10.244.0.9",
  pod: { namespace, labels: selector(name) },
});
const internet: Endpoint = { address: "198.51.100.1" };

async function policiesWith(...components: string[]): Promise<INetworkPolicy[]> {
  return await withOverlay({}, {}, components, async (folder) => {
    const { objects } = await render(folder);
    return objects.filter(({ kind }) => kind === "NetworkPolicy") as INetworkPolicy[];
  });
}

test("annotated-workloads lets Prometheus out to pods of all namespaces, and nobody else out", async () => {
  const before = await policiesWith("network-policies");
  const after = await policiesWith("network-policies", "annotated-workloads");
  assert.equal(allowed(before, pod("prometheus"), pod("shop", "shop"), 8080), false);
  assert.equal(allowed(after, pod("prometheus"), pod("shop", "shop"), 8080), true);
  assert.equal(allowed(after, pod("prometheus"), internet, 8080), false);
  assert.equal(allowed(after, pod("alertmanager"), pod("shop", "shop"), 8080), false);
});

test("the prober is let out to anything, and only Prometheus in to it, with network-policies and without", async () => {
  for (const others of [["network-policies"], []]) {
    const policies = await policiesWith(...others, "blackbox-exporter");
    assert.equal(allowed(policies, pod("prometheus"), pod("blackbox-exporter"), 9115), true);
    assert.equal(allowed(policies, pod("alertmanager"), pod("blackbox-exporter"), 9115), false);
    for (const target of [internet, pod("shop", "shop")]) {
      assert.equal(allowed(policies, pod("blackbox-exporter"), target, 5432), true);
    }
  }
  const policies = await policiesWith("network-policies", "blackbox-exporter");
  assert.equal(allowed(policies, pod("prometheus"), internet, 5432), false);
});

test("the typed job is a ScrapeJob as written, whose permissions are derived", async () => {
  const [text = ""] = await blocks("ts");
  const folder = join(root, "generators/prometheus/scrape");
  // Elsewhere its imports would lead nowhere; they are made absolute, and nothing else of it changes.
  const absolute = text.replaceAll(/from "(\..+?)\.js"/g, (_, path) => `from "${join(folder, path)}.ts"`);
  const scratch = await mkdtemp(join(root, "node_modules/.cache/typed-"));
  try {
    await writeFile(join(scratch, "my-app.ts"), absolute);
    const { myApp } = (await tsImport(join(scratch, "my-app.ts"), import.meta.url)) as { myApp: () => ScrapeJob };
    const { config, expects } = myApp();
    assert.equal(config.job_name, "my-app");
    assert.equal(expects.every, "endpoint");
    assert.ok((config.sample_limit ?? 0) > 0);
    assert.deepEqual(
      accessOf(config).map(({ scope, rule }) => [scope, rule.resources?.[0]]),
      [
        ["own namespace", "endpointslices"],
        ["own namespace", "services"],
        ["own namespace", "pods"],
      ],
    );
  } finally {
    await rm(scratch, { recursive: true });
  }
});

test.run();
