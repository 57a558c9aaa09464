import assert from "node:assert/strict";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { test } from "uvu";
import { edges } from "../../generators/derive/edges.js";
import { grafana } from "../../generators/grafana/index.js";
import { stack } from "../../generators/index.js";
import { scrapeJobs } from "../../generators/prometheus/scrape/index.js";
import { defaults } from "../../generators/settings/index.js";
import { render } from "../../scripts/lib/render.js";
import { faults, withoutEach } from "../lib/policy-matrix.js";

const { objects } = await render("overlays/prod");
const policies = objects.filter(({ kind }) => kind === "NetworkPolicy") as (INetworkPolicy &
  (typeof objects)[number])[];
const needed = edges([...stack(defaults), grafana(defaults)], scrapeJobs(defaults), "prometheus");

test("overlays/prod lets exactly the declared connections through", () => {
  assert.ok(policies.length > 0);
  assert.deepEqual(faults(policies, needed, "monitoring"), []);
});

test("every policy is in the namespace of the pods that it is for", () => {
  assert.deepEqual([...new Set(policies.map(({ metadata }) => metadata.namespace))], ["monitoring"]);
});

test("without the policy for Prometheus its targets are out of reach", () => {
  const others = policies.filter(({ metadata }) => metadata.name !== "prometheus");
  assert.ok(faults(others, needed, "monitoring").includes("refused: prometheus -> a node:10250"));
});

test("without any single rule of any policy a declared connection is refused", () => {
  const idle = withoutEach(policies)
    .filter(({ left }) => faults(left, needed, "monitoring").length === 0)
    .map(({ policy, direction, index }) => `${policy.metadata?.name}: ${direction} ${index}`);
  assert.deepEqual(idle, []);
});

test.run();
