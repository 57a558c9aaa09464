import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { test } from "uvu";
import { parse } from "yaml";
import { edges } from "../../generators/derive/edges.js";
import { grafana } from "../../generators/grafana/index.js";
import { stack } from "../../generators/index.js";
import { platforms } from "../../generators/platforms/index.js";
import { everyJob } from "../../generators/prometheus/scrape/optional.js";
import { defaults } from "../../generators/settings/index.js";
import { problems } from "../../scripts/lib/build.js";
import { runChecks } from "../../scripts/lib/checks/index.js";
import { Failure } from "../../scripts/lib/failure.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { ofKind, type Rendered } from "../../scripts/lib/rendered/objects.js";
import { faults } from "../lib/policy-matrix.js";

const namespace = "watching";

/** What base/ gives with these Components in that order, in another namespace; and further resources, which keep theirs. */
async function withComponents(listed: readonly string[], resources: readonly string[] = []): Promise<Rendered> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-"));
  const inBase = (path: string) => relative(folder, join(root, "base", path));
  try {
    const components = listed.map((name) => inBase(`components/${name}`));
    await writeFile(
      join(folder, "kustomization.yaml"),
      JSON.stringify({ namespace, resources: [inBase(""), ...resources.map(inBase)], components }),
    );
    return await render(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const failing = (pattern: RegExp) => (error: unknown) => error instanceof Failure && pattern.test(error.message);
const policiesIn = ({ objects }: Rendered) =>
  objects.filter(({ kind }) => kind === "NetworkPolicy") as (INetworkPolicy & Rendered["objects"][number])[];

for (const { name } of platforms) {
  test(`platform-${name} is right by every check`, async () => {
    const rendered = await withComponents(["network-policies", `platform-${name}`, "namespaced-access"]);
    assert.equal(problems([{ overlay: name, findings: await runChecks(rendered) }]), "");
  });
}

test("two platforms do not build together, and the error says so", async () => {
  await assert.rejects(
    withComponents(["platform-gke", "platform-k3s"]),
    failing(/only one of platform-kubeadm, .* may be listed, and once/),
  );
});

test("network-policies after a job would cut it off, so it does not build", async () => {
  await assert.rejects(
    withComponents(["coredns", "network-policies"]),
    failing(/coredns has to come after network-policies/),
  );
});

test("a job of one namespace after namespaced-access would get more than that, so it does not build", async () => {
  await assert.rejects(
    withComponents(["namespaced-access", "coredns"]),
    failing(/namespaced-access has to come after coredns/),
  );
});

test("a job twice does not build", async () => {
  await assert.rejects(withComponents(["platform-eks", "kube-scheduler"]), failing(/kube-scheduler/));
});

test("namespaced-access leaves coredns no permission outside kube-system", async () => {
  const { objects } = await withComponents(["coredns", "namespaced-access"]);
  const roles = ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRole");
  const bindings = ofKind(objects, "rbac.authorization.k8s.io/v1/ClusterRoleBinding");
  for (const { metadata } of [...roles, ...bindings]) assert.ok(!metadata.name.includes("coredns"), metadata.name);
  assert.ok(!JSON.stringify(roles.filter(({ metadata }) => /:prometheus/.test(metadata.name))).includes('"pods"'));
});

test("with every job, exactly the declared connections are let through", async () => {
  const jobs = ["coredns", "kube-proxy", "kube-scheduler", "kube-controller-manager", "etcd"];
  const policies = ["network-policies", "grafana", "grafana-network-policies"];
  const paths = ["kubelet-paths", "kubernetes-apiservers-slis"];
  const rendered = await withComponents([...policies, ...jobs, ...paths, "grafana-metrics"]);
  const needed = edges([...stack(defaults), grafana(defaults)], everyJob(defaults), "prometheus");
  assert.deepEqual(faults(policiesIn(rendered), needed, namespace), []);
  const without = await withComponents(policies);
  assert.ok(faults(policiesIn(without), needed, namespace).includes("refused: prometheus -> a node:10257"));
});

test("etcd-client-certificate brings its Secret into the pod, also in that of prometheus-ha", async () => {
  const { objects } = await withComponents(["prometheus-ha", "etcd", "etcd-client-certificate"]);
  const [pod] = ofKind(objects, "apps/v1/StatefulSet").filter(({ metadata }) => metadata.name === "prometheus");
  const spec = pod?.spec?.template.spec;
  const volume = spec?.volumes?.find(({ secret }) => secret?.secretName === "prometheus-etcd-client");
  const mount = spec?.containers[0]?.volumeMounts?.find(({ name }) => name === volume?.name);
  const [map] = ofKind(objects, "v1/ConfigMap").filter(({ metadata }) => metadata.name === "prometheus-scrape");
  const { tls_config } = parse(map?.data?.["etcd.yml"] ?? "").scrape_configs[0];
  for (const file of Object.values(tls_config)) assert.ok(`${file}`.startsWith(`${mount?.mountPath}/`), `${file}`);
  assert.equal(Object.keys(tls_config).length, 3);
});

test.run();
