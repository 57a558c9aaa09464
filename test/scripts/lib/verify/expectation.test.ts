import assert from "node:assert/strict";
import { test } from "uvu";
import { parse, stringify } from "yaml";
import { etcdWithCertificate } from "../../../../generators/components/etcd-client-certificate.js";
import { stack } from "../../../../generators/index.js";
import { objectsOf } from "../../../../generators/lib/objects.js";
import { eksControlPlane } from "../../../../generators/prometheus/scrape/eks.js";
import { etcd } from "../../../../generators/prometheus/scrape/etcd.js";
import { kubeScheduler } from "../../../../generators/prometheus/scrape/kube-scheduler.js";
import { nodeExporter } from "../../../../generators/prometheus/scrape/node-exporter.js";
import { defaults } from "../../../../generators/settings/index.js";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";
import { workloadsOf } from "../../../../scripts/lib/rendered/workloads.js";
import { expectationOf } from "../../../../scripts/lib/verify/expectation.js";

test("a job that another Component finds elsewhere is expected there", () => {
  const [eksScheduler] = eksControlPlane();
  for (const job of [etcd(), etcdWithCertificate(), kubeScheduler(), eksScheduler]) {
    // As it stands in the overlay.
    assert.deepEqual(expectationOf(parse(stringify(job.config))), job.expects);
  }
  assert.notDeepEqual(etcd().expects, etcdWithCertificate().expects);
});

test("how a certificate is checked changes nothing of what is expected", () => {
  assert.deepEqual(expectationOf(kubeScheduler("insecure").config), kubeScheduler().expects);
});

test("a job whose relabelling somebody changed is expected where it was", () => {
  assert.deepEqual(expectationOf({ ...etcd().config, relabel_configs: [] }), etcd().expects);
});

test("a port that the overlay moved is expected where it is", () => {
  const settings = { ...defaults, nodeExporter: { port: 9101 } };
  const workloads = workloadsOf({ objects: stack(settings).flatMap(objectsOf) as RenderedObject[] });
  const moved = nodeExporter(settings);
  assert.deepEqual(expectationOf(moved.config, workloads, [], defaults), moved.expects);
  assert.deepEqual(expectationOf(nodeExporter(defaults).config, workloads, [], defaults), moved.expects);
  assert.deepEqual(expectationOf(moved.config, [], [], defaults), nodeExporter(defaults).expects);
  assert.deepEqual(expectationOf(moved.config, [], [], settings), moved.expects);
});

test("a job of somebody else's is expected nowhere", () => {
  assert.equal(expectationOf({ job_name: "my-app" }), undefined);
});

test.run();
