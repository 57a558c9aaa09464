import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { bundleOf } from "../../../scripts/lib/bundle/index.js";
import { leftOut, withApplicable } from "../../../scripts/lib/left-out.js";
import { root } from "../../../scripts/lib/project.js";
import type { RenderedObject } from "../../../scripts/lib/rendered/objects.js";

const overlay = "overlays/devbox";
const objects = [deployment("prometheus", "prom:v1"), deployment("grafana", "docker.io/grafana:1")];
const lacks = ["docker.io/grafana:1"];

function deployment(name: string, image: string): RenderedObject {
  const scrape = { name: "scrape", configMap: { name: "prometheus-scrape" } };
  const spec = { containers: [{ name, image }], volumes: name === "prometheus" ? [scrape] : [] };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "monitoring" },
    spec: { selector: { matchLabels: { name } }, template: { metadata: { labels: { name } }, spec } },
  } as RenderedObject;
}

test("a workload is left out because of its image, and no other is", () => {
  assert.deepEqual(leftOut({ objects }, lacks), [
    { object: "Deployment monitoring/grafana", image: "docker.io/grafana:1" },
  ]);
  assert.deepEqual(leftOut({ objects }, ["docker.io/grafana:2"]), []);
});

test("a cluster that gets every image gets the overlay itself", async () => {
  assert.equal(
    await withApplicable({ overlay, objects }, { lacks: [] }, async (folder) => folder),
    join(root, overlay),
  );
});

test("a cluster that lacks an image gets all but the workload, from a folder that is gone afterwards", async () => {
  const folder = await withApplicable({ overlay, objects }, { lacks }, async (folder) => {
    const text = await readFile(join(folder, "kustomization.yaml"), "utf8");
    assert.match(text, /\$patch: delete/);
    assert.match(text, /name: grafana\n/);
    assert.doesNotMatch(text, /name: prometheus/);
    return folder;
  });
  assert.equal(existsSync(folder), false);
});

test("verify expects nothing of what is left out, and tells of it", () => {
  const bundle = bundleOf({ overlay, objects }, lacks);
  assert.deepEqual(
    bundle.workloads.map(({ object }) => object),
    ["Deployment monitoring/prometheus"],
  );
  assert.deepEqual(
    bundle.leftOut.map(({ object }) => object),
    ["Deployment monitoring/grafana"],
  );
});

test.run();
