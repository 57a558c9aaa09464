import assert from "node:assert/strict";
import { test } from "uvu";
import { problemsOfStores, type Store } from "../../../../scripts/lib/verify/shared-labels.js";

const store = (name: string, lastError: string | null, ...labelSets: Record<string, string>[]): Store => ({
  name,
  lastError,
  labelSets,
});
const one = { cluster: "one", replica: "prometheus-0" };
const other = { cluster: "one", replica: "prometheus-1" };

test("replicas of one cluster, and Store Gateways that read their blocks, are told apart", () => {
  const sidecar = [store("10.0.0.1:10901", null, one), store("10.0.0.2:10901", null, other)];
  assert.deepEqual(problemsOfStores("Q", { sidecar, store: [store("10.0.0.3:10901", null, one, other)] }), []);
});

test("two clusters of one name are told, in whatever order their labels come", () => {
  const reversed = { replica: "prometheus-0", cluster: "one" };
  const stores = { sidecar: [store("a:10901", null, one)], query: [store("b:10901", null, reversed, other)] };
  const [problem, ...more] = problemsOfStores("Deployment monitoring/thanos-query", stores);
  assert.equal(more.length, 0);
  assert.equal(problem?.kind, "duplicate");
  assert.equal(
    problem?.reason,
    'query b:10901 and sidecar a:10901 both say {cluster="one", replica="prometheus-0"}: it takes their series for one',
  );
  assert.match(problem?.cure ?? "", /variable CLUSTER/);
});

test("a store that is gone counts no more, and one without labels never does", () => {
  const sidecar = [store("a", "context deadline exceeded", one), store("b", null, one)];
  assert.deepEqual(
    problemsOfStores("Q", { sidecar, query: null, rule: [{ name: "c", lastError: null, labelSets: null }] }),
    [],
  );
});

test.run();
