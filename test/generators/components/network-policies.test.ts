import assert from "node:assert/strict";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { test } from "uvu";
import { networkPolicies } from "../../../generators/components/network-policies.js";
import { edges } from "../../../generators/derive/edges.js";
import { stack } from "../../../generators/index.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../generators/settings/index.js";
import { faults } from "../../lib/policy-matrix.js";

const needed = edges(stack(defaults), scrapeJobs(defaults), "prometheus");
const policies = (networkPolicies(defaults, stack(defaults)).objects ?? []).map(
  (object) => object.toJSON() as INetworkPolicy,
);
const named = (name: string) => policies.find(({ metadata }) => metadata?.name === name) ?? assert.fail(name);
const without = (policy: INetworkPolicy) => policies.filter((other) => other !== policy);

test("exactly the edges are let through", () => {
  assert.deepEqual(faults(policies, needed, defaults.namespace), []);
});

test("each policy is needed: without it something is refused or allowed that should not be", () => {
  for (const policy of policies) {
    assert.notDeepEqual(faults(without(policy), needed, defaults.namespace), [], policy.metadata?.name);
  }
});

test("each rule of each policy is needed", () => {
  for (const policy of policies) {
    for (const direction of ["ingress", "egress"] as const) {
      policy.spec?.[direction]?.forEach((_, index, rules) => {
        const fewer = {
          ...policy,
          spec: { ...policy.spec, [direction]: rules.filter((_, other) => other !== index) },
        } as INetworkPolicy;
        const found = faults([...without(policy), fewer], needed, defaults.namespace);
        assert.ok(
          found.some((line) => line.startsWith("refused")),
          `${policy.metadata?.name} ${direction} ${index}`,
        );
      });
    }
  }
});

test("the way in for people is a policy of its own: without it, nobody but Prometheus reaches Prometheus", () => {
  const found = faults(without(named("prometheus-ui")), needed, defaults.namespace);
  assert.deepEqual(found, [
    "refused: an admitted pod -> prometheus:9090",
    "refused: an admitted pod -> prometheus (another):9090",
  ]);
});

test("only Alertmanager resolves names, so the name servers are out of reach of all others", () => {
  const callers = needed.filter(({ to }) => to === "name servers").map(({ from }) => from);
  assert.ok(callers.length > 0);
  for (const from of callers) assert.deepEqual(from, { base: "alertmanager" });
});

test.run();
