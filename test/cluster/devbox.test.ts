import assert from "node:assert/strict";
import { test } from "uvu";
import { parse, stringify } from "yaml";
import { withApplicable } from "../../scripts/lib/left-out.js";
import { render } from "../../scripts/lib/render.js";
import { type Devbox, devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { inPod, prometheusPod, query, targets } from "./lib/prometheus.js";

let box: Devbox;

test.before(async () => {
  box = await devbox();
});

test("npm run up ends with the six jobs of the article and of kube-state-metrics, all up", () => {
  for (const job of [
    "prometheus",
    "node-exporter",
    "kubelet",
    "cadvisor",
    "kubernetes-apiservers",
    "kube-state-metrics",
  ]) {
    assert.match(box.printed, new RegExp(`^\\W*${job}\\W+1\\W+1\\W`, "m"), `no row of ${job} with 1 expected and 1 up`);
  }
});

test("npm run up starts Grafana, or names it as what has no image here", () => {
  const lacked = box.kubectl.lacks.length > 0;
  assert.equal(
    /^left out: Deployment monitoring-system\/grafana, as \S+ cannot be had here$/m.test(box.printed),
    lacked,
  );
});

test("npm run up says where Prometheus is, and it answers there", async () => {
  const address = /http:\/\/[\d.]+:9090/.exec(box.printed)?.[0] ?? assert.fail("no address of Prometheus was printed");
  const response = await fetch(`${address}/-/ready`);
  assert.equal(response.status, 200);
});

test("targets carry the article's labels", async () => {
  const all = await targets(box.kubectl);
  const [node] = await box.nodes();
  for (const { labels } of all) assert.ok(labels.job && labels.instance, "a target without job or instance");
  const found = all.find(({ labels }) => labels.job === "node-exporter");
  assert.equal(found?.labels.node, node?.name);
  assert.equal(found?.labels.host_ip, node?.address);
});

test("the node that is looked at is the node, not the container", async () => {
  const [sample] = await query(box.kubectl, 'node_filesystem_size_bytes{job="node-exporter", mountpoint="/"}');
  assert.ok(sample !== undefined, "node-exporter does not see the root file system of the host");
  const [memory] = await query(box.kubectl, 'count(container_memory_working_set_bytes{job="cadvisor", image!=""})');
  assert.ok(Number(memory?.value[1]) >= 3, "cadvisor does not name the images of containers");
});

const allowed = [
  ["list", "nodes"],
  ["watch", "nodes"],
  ["get", "nodes", "--subresource", "metrics"],
  ["get", "/metrics"],
  ["list", "endpointslices.discovery.k8s.io", "--namespace", "monitoring-system"],
  ["list", "services", "--namespace", "monitoring-system"],
  ["list", "pods", "--namespace", "monitoring-system"],
  ["list", "endpointslices.discovery.k8s.io/kubernetes", "--namespace", "default"],
];

const refused = [
  ["get", "secrets", "--all-namespaces"],
  ["list", "secrets", "--namespace", "monitoring-system"],
  ["list", "configmaps", "--namespace", "monitoring-system"],
  ["get", "nodes", "--subresource", "proxy"],
  ["create", "nodes", "--subresource", "proxy"],
  ["list", "pods", "--all-namespaces"],
  ["list", "pods", "--namespace", "default"],
  ["list", "services", "--namespace", "default"],
  ["create", "pods", "--namespace", "monitoring-system"],
  ["delete", "pods", "--namespace", "monitoring-system"],
  ["update", "configmaps", "--namespace", "monitoring-system"],
  ["patch", "deployments.apps", "--namespace", "monitoring-system"],
  ["create", "pods", "--subresource", "exec", "--namespace", "monitoring-system"],
  ["impersonate", "users"],
  ["get", "/logs"],
];

for (const [expected, questions] of [
  ["yes", allowed],
  ["no", refused],
] as const) {
  for (const question of questions) {
    test(`Prometheus' own token may ${question.join(" ")}: ${expected}`, async () => {
      const answer = await box.asPrometheus(["auth", "can-i", ...question], { accept: [0, 1] });
      assert.equal(answer.trim().split("\n").at(-1), expected);
    });
  }
}

test("applying twice changes nothing", async () => {
  await withApplicable(await render("overlays/devbox"), box.kubectl, async (folder) => {
    await box.kubectl.text(["apply", "-k", folder]);
    assert.equal(await box.kubectl.text(["diff", "-k", folder]), "");
  });
});

test("a changed scrape file goes live with no restart, a broken one leaves the old config running", async () => {
  const before = await prometheusPod(box.kubectl);
  const map = ["configmap", "prometheus-scrape", "--namespace", "monitoring-system"];
  const original = await box.kubectl.json<{ data: Record<string, string> }>(["get", ...map]);
  const file = original.data["node-exporter.yml"] ?? assert.fail("no node-exporter.yml");
  const put = (text: string) =>
    box.kubectl.text([
      "patch",
      ...map,
      "--type=merge",
      "--patch",
      JSON.stringify({ data: { "node-exporter.yml": text } }),
    ]);

  const changed = parse(file);
  changed.scrape_configs[0].relabel_configs.push({ target_label: "changed", replacement: "yes" });
  await put(stringify(changed));
  await eventually("the new label to be on the target", async () => {
    const found = (await targets(box.kubectl)).find(({ labels }) => labels.job === "node-exporter");
    return found?.labels.changed === "yes";
  });

  await put("scrape_configs: [{job_name: node-exporter, no_such_field: 1}]\n");
  await eventually("Prometheus to say that the last reload failed", async () => {
    const [sample] = await query(box.kubectl, "prometheus_config_last_reload_successful");
    return sample?.value[1] === "0";
  });
  const found = (await targets(box.kubectl)).find(({ labels }) => labels.job === "node-exporter");
  assert.equal(found?.labels.changed, "yes", "the config that ran before the broken one");
  assert.equal(found?.health, "up");

  await put(file);
  await eventually("the original config to be live again", async () => {
    const [sample] = await query(box.kubectl, "prometheus_config_last_reload_successful");
    const now = (await targets(box.kubectl)).find(({ labels }) => labels.job === "node-exporter");
    return sample?.value[1] === "1" && now !== undefined && now.labels.changed === undefined;
  });
  const after = await prometheusPod(box.kubectl);
  assert.equal(after.uid, before.uid, "the pod was replaced");
  assert.equal(after.restarts, before.restarts, "the container was restarted");
});

test("the programs are of the versions that their images' tags say", async () => {
  assert.match(await inPod(box.kubectl, ["/bin/prometheus", "--version"]), /version 3\.16\.0/);
  const builds = await query(box.kubectl, '{__name__=~"node_exporter_build_info|kube_state_metrics_build_info"}');
  assert.match(builds.find(({ metric }) => metric.job === "node-exporter")?.metric.version ?? "", /1\.12\.1/);
});

test.run();
