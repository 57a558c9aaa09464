import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { components } from "../../../generators/index.js";
import { type Rewrite, textOf } from "../../../generators/lib/base-and-component.js";
import { sharding, sharedBy } from "../../../generators/prometheus/scrape/sharding.js";
import { defaults, settingsFrom } from "../../../generators/settings/index.js";
import type { ScrapeConfig } from "../../../metrics/scrape-job.js";

const node: ScrapeConfig = {
  job_name: "of-nodes",
  kubernetes_sd_configs: [{ role: "node" }],
  relabel_configs: [{ source_labels: ["__meta_kubernetes_node_name"], target_label: "node" }],
};
const bare: ScrapeConfig = { job_name: "bare", static_configs: [{ targets: ["192.0.2.1:9000"] }] };
const own = {
  name: "own.yml",
  source: "scrape/own.yml",
  content: { scrape_configs: [node, bare, { ...node, job_name: "last" }] },
};

/** What Kustomize makes of a file. */
function rewritten(text: string, rewrites: readonly Rewrite[]): string {
  const lines = text.split("\n");
  for (const { place, text } of rewrites) {
    assert.ok(typeof place === "object");
    lines.splice(place.line, 1, ...textOf(text).split("\n"));
  }
  return lines.join("\n");
}

test("jobs of a user's own are shared out, several of one file and those without steps too", () => {
  const settings = settingsFrom({ sharding: { prometheus: 3 } });
  const sharded = components(settings, undefined, { rules: [], scrape: [own], dashboards: [] }).find(
    ({ name }) => name === "sharded",
  );
  for (const number of [0, 1, 2]) {
    const rewrites = (sharded?.rewrites ?? []).filter(
      ({ copy, file }) => copy === `prometheus-scrape-shard-${number}` && file === own.name,
    );
    assert.equal(rewrites.length, 3);
    assert.deepEqual(
      parse(rewritten(textOf(own), rewrites)).scrape_configs,
      own.content.scrape_configs.map(({ job_name, relabel_configs = [], ...job }) => ({
        job_name,
        relabel_configs: JSON.parse(JSON.stringify([...sharding(sharedBy(job), 3, number), ...relabel_configs])),
        ...job,
      })),
    );
  }
});

test("one shard is none", () => {
  assert.throws(() => settingsFrom({ sharding: { prometheus: 1 } }), /must be at least 2/);
  assert.equal(defaults.sharding.prometheus, 2);
});

test.run();
