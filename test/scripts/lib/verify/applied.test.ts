import assert from "node:assert/strict";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import { test } from "uvu";
import type { Bundle } from "../../../../scripts/lib/bundle/index.js";
import { appliedJobs, unapplied } from "../../../../scripts/lib/verify/applied.js";

const data = {
  "kubelet.yml": "scrape_configs: [{ job_name: kubelet }]",
  "own.yml": "scrape_configs: [{ job_name: own }]",
};

const bundle: Bundle = {
  overlay: "overlays/devbox",
  leftOut: [],
  workloads: [],
  services: [],
  configMaps: [{ name: "prometheus-scrape", data }],
  jobs: [],
  roles: [],
  prometheus: { object: "", namespace: "monitoring", selector: {}, serviceAccount: "prometheus", port: 9090 },
};

function live(files: Record<string, string>): IConfigMap[] {
  return [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "prometheus-scrape" }, data: files }];
}

test("what the cluster has as the overlay says is no problem", () => {
  assert.deepEqual(unapplied(bundle, live(data)), []);
});

test("each file that differs is named, one that is lacking too", () => {
  const [problem, ...more] = unapplied(bundle, live({ "kubelet.yml": "scrape_configs: []" }));
  assert.equal(more.length, 0);
  assert.equal(problem?.kind, "not applied");
  assert.equal(problem?.subject, "ConfigMap monitoring/prometheus-scrape");
  assert.match(problem?.reason ?? "", /^kubelet\.yml, own\.yml in the cluster are not as in overlays\/devbox/);
  assert.equal(problem?.cure, "kubectl apply -k overlays/devbox");
});

test("a ConfigMap that is not there is left to the pod, which cannot start without", () => {
  assert.deepEqual(unapplied(bundle, []), []);
});

test("the jobs of the cluster are those of its files, and a broken file has none", () => {
  assert.deepEqual([...appliedJobs(live({ ...data, "broken.yml": "scrape_configs: [" }))], ["kubelet", "own"]);
});

test.run();
