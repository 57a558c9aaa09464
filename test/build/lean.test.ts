import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "uvu";
import { parse } from "yaml";
import { lean } from "../../generators/components/lean.js";
import { defaults } from "../../generators/settings/index.js";
import type { RelabelStep } from "../../metrics/relabelling.js";
import { problems } from "../../scripts/lib/build.js";
import { runChecks } from "../../scripts/lib/checks/index.js";
import { keptSeries } from "../../scripts/lib/checks/kept-series.js";
import { Failure } from "../../scripts/lib/failure.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { find, ofKind, type Rendered } from "../../scripts/lib/rendered/objects.js";
import { workloadsOf } from "../../scripts/lib/rendered/workloads.js";

const components = join(root, "base/components");

/** An overlay with these Components, and with files of its own. */
async function overlay<T>(
  listed: readonly string[],
  use: (rendered: Rendered) => T | Promise<T>,
  more: object = {},
  files: Readonly<Record<string, string>> = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-lean-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const kustomization = {
      resources: [relative(folder, join(root, "base"))],
      components: listed.map((name) => relative(folder, join(components, name))),
      ...more,
    };
    await writeFile(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
    return await use(await render(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Job {
  readonly scrape_interval?: string;
  readonly metric_relabel_configs?: readonly RelabelStep[];
}

function job({ objects }: Rendered, name: string): Job | undefined {
  const text = find(objects, "v1/ConfigMap", "prometheus-scrape", "monitoring-system")?.data?.[`${name}.yml`];
  return text === undefined ? undefined : parse(text).scrape_configs[0];
}

test("overlays/devbox with lean is right by every check", async () => {
  // As deep as an overlay, and where no other test looks for one.
  const beside = await mkdtemp(join(root, ".test-"));
  const folder = join(beside, "devbox");
  try {
    await cp(join(root, "overlays/devbox"), folder, { recursive: true });
    const file = join(folder, "kustomization.yaml");
    const { components: before, ...rest } = parse(await readFile(file, "utf8"));
    await writeFile(
      file,
      JSON.stringify({ ...rest, components: [...before, relative(folder, join(components, "lean"))] }),
    );
    const rendered = await render(folder);
    assert.equal(problems([{ overlay: "devbox", findings: await runChecks(rendered) }]), "");
    const dataSources = ofKind(rendered.objects, "v1/ConfigMap").find(({ data }) => data?.["datasources.yml"])?.data;
    assert.match(dataSources?.["datasources.yml"] ?? "", /timeInterval: 30s/);
    const arguments_ = workloadsOf(rendered).flatMap(({ containers }) => containers.flatMap(({ args = [] }) => args));
    assert.ok(arguments_.includes("--no-collector.xfs"));
  } finally {
    await rm(beside, { recursive: true });
  }
});

test("every job of which something is read has its steps, whichever Component wrote its file", async () => {
  const listed = ["platform-kubeadm", "insecure-kubelet-tls", "basic-auth", "annotated-workloads", "kubelet-paths"];
  await overlay([...listed, "lean"], (rendered) => {
    for (const name of ["prometheus", "kubelet", "cadvisor", "etcd", "kube-scheduler", "alertmanager"]) {
      assert.equal(job(rendered, name)?.scrape_interval, "30s", name);
      assert.ok(job(rendered, name)?.metric_relabel_configs, name);
    }
    for (const name of ["annotated-pods", "annotated-services", "kubelet-probes"]) {
      assert.equal(job(rendered, name)?.metric_relabel_configs, undefined, name);
    }
    assert.equal(job(rendered, "probes"), undefined);
  });
});

test("on k3s its steps go behind those that are there", async () => {
  await overlay(["platform-k3s", "lean"], (rendered) => {
    for (const name of ["kubelet", "kubernetes-apiservers"]) {
      const one = job(rendered, name);
      assert.equal(one?.scrape_interval, "30s");
      assert.equal(one?.metric_relabel_configs?.[0]?.action, "drop");
      assert.ok(one?.metric_relabel_configs?.some(({ action, source_labels }) => action === "keep" && source_labels));
    }
  });
});

test("a Component that writes a job's file has to be listed before it", async () => {
  await assert.rejects(
    overlay(["lean", "insecure-kubelet-tls"], () => {}),
    (error) => error instanceof Failure && /lean has to come after insecure-kubelet-tls/.test(error.message),
  );
});

/** What the check says of an overlay with a rule and a dashboard of its own. */
async function found(listed: readonly string[], rule: string, more: object = {}): Promise<readonly string[]> {
  const rules = { groups: [{ name: "own", rules: [{ alert: "Own", expr: rule, labels: { severity: "info" } }] }] };
  const map = { name: "prometheus-rules", namespace: "monitoring-system", behavior: "merge", files: ["own.yml"] };
  const own = { configMapGenerator: [map], ...more };
  const told = async (rendered: Rendered) =>
    (await keptSeries.run(rendered)).map(({ message, fix }) => `${message} | ${fix}`);
  return overlay(listed, told, own, { "own.yml": JSON.stringify(rules) });
}

test("a rule that reads what lean drops is told of, by its name, with the setting that keeps it", async () => {
  assert.deepEqual(await found(["lean"], "node_load5 > 1"), []);
  const [only, ...others] = await found(["lean"], "node_load1 > 1");
  assert.deepEqual(others, []);
  assert.match(only ?? "", /^own\.yml: alert Own reads node_load1, which job node-exporter drops/);
  assert.match(only ?? "", /lean\.files, or node_load1 in lean\.names/);
  assert.match(
    (await found(["lean"], 'kube_node_status_condition{condition="NetworkUnavailable", status="true"} == 1')).join(),
    /kube_node_status_condition\{condition="NetworkUnavailable", status="true"\}, which job kube-state-metrics drops/,
  );
  assert.match(
    (await found(["lean"], 'sum(container_memory_working_set_bytes{job="cadvisor"}) > 1')).join(),
    /container_memory_working_set_bytes\{container="", /,
  );
});

test("what a selector reads of many names is told of once, with the first of them and one cure", async () => {
  const [only, ...others] = await found(["lean"], 'sum({__name__=~"node_netstat_.+"}) > 1');
  assert.deepEqual(others, []);
  assert.match(only ?? "", /reads (node_netstat_\w+(, )?){3} and \d+ more, which job node-exporter drops/);
  assert.match(only ?? "", /lean\.files, or its selector in lean\.expressions, then npm run generate$/);
});

test("steps of a user's own are judged by names, and may leave out what the cluster has", async () => {
  const patched = (steps: readonly object[]) => ({
    patches: [
      {
        target: { kind: "ConfigMap", name: "prometheus-scrape" },
        patch: JSON.stringify([
          {
            op: "replace",
            path: "/data/node-exporter.yml",
            value: JSON.stringify({ scrape_configs: [{ job_name: "node-exporter", metric_relabel_configs: steps }] }),
          },
        ]),
      },
    ],
  });
  const keep = { action: "keep", source_labels: ["__name__"], regex: "node_[a-km-z].+|node_load5" };
  assert.deepEqual(await found([], "node_load5 > 1", patched([keep])), []);
  const [only] = await found([], "node_load1 > 1", patched([keep]));
  assert.match(only ?? "", /reads node_load1, which job node-exporter drops .* keep it in metric_relabel_configs/);
  const drop = { action: "drop", source_labels: ["device"], regex: "eth.*" };
  assert.deepEqual(await found([], "node_load1 > 1", patched([drop])), []);
});

test("one name, one bucket or one label's value less is told of, with who reads it", async () => {
  const { rewrites = [] } = lean(defaults);
  const broken = async (name: string, from: RegExp, to: string) => {
    const steps = rewrites.find(({ text }) => text.name === `scrape/${name}.yml`)?.text.content;
    const text = JSON.stringify(steps).replace(from, to);
    assert.notEqual(text, JSON.stringify(steps));
    const value = JSON.stringify({ scrape_configs: [{ job_name: name, ...JSON.parse(text) }] });
    const patch = JSON.stringify([{ op: "replace", path: `/data/${name}.yml`, value }]);
    const more = { patches: [{ target: { kind: "ConfigMap", name: "prometheus-scrape" }, patch }] };
    const all = await overlay(["grafana"], (rendered) => keptSeries.run(rendered), more);
    return all.map(({ message }) => message).join("\n");
  };
  assert.match(await broken("node-exporter", /node_filefd_maximum\|/, ""), /alert Node\w+ reads node_filefd_maximum,/);
  assert.match(
    await broken("kubernetes-apiservers", /apiserver_request_sli_duration_seconds_bucket\|/, ""),
    /reads apiserver_request_sli_duration_seconds_bucket\{verb=/,
  );
  assert.match(await broken("kube-state-metrics", /\(cpu\|memory\|pods\)/, "(cpu|memory)"), /resource="pods"/);
});

test.run();
