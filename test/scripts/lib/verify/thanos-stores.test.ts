import assert from "node:assert/strict";
import { test } from "uvu";
import { mistaken, type Querier, type Store, unreached } from "../../../../scripts/lib/verify/thanos-stores.js";

const store = (name: string, lastError: string | null, ...labelSets: Record<string, string>[]): Store => ({
  name,
  lastError,
  labelSets,
});
const querier: Querier = {
  object: "Deployment monitoring/thanos-query",
  replicaLabels: ["replica"],
  strict: ["thanos-store:10901", "thanos.berlin.example.com:443"],
};
const one = { cluster: "one", replica: "prometheus-0" };
const other = { cluster: "one", replica: "prometheus-1" };
const berlin = { cluster: "berlin", replica: "prometheus-0" };

test("replicas of one cluster, Store Gateways that read their blocks, and another cluster are told apart", () => {
  const sidecar = [store("10.0.0.1:10901", null, one), store("10.0.0.2:10901", null, other)];
  const query = [store("thanos.berlin.example.com:443", null, berlin)];
  const stores = { sidecar, query, store: [store("thanos-store:10901", null, one, other)] };
  assert.deepEqual(mistaken(querier, stores), []);
  assert.deepEqual(unreached(querier, stores), []);
});

test("two replicas of one name are told, in whatever order their labels come", () => {
  const reversed = { replica: "prometheus-0", cluster: "one" };
  const [problem, ...more] = mistaken(querier, {
    sidecar: [store("b:10901", null, one), store("a:10901", null, reversed)],
  });
  assert.equal(more.length, 0);
  assert.equal(problem?.kind, "duplicate");
  assert.equal(
    problem?.reason,
    'sidecar a:10901 and sidecar b:10901 both say {cluster="one", replica="prometheus-0"}: it takes their series for one',
  );
});

test("two clusters of one name are told, also where their replicas have other names", () => {
  const [problem, ...more] = mistaken(querier, {
    sidecar: [store("a:10901", null, one)],
    query: [store("berlin:443", null, { ...other, replica: "x" })],
  });
  assert.equal(more.length, 0);
  assert.equal(
    problem?.reason,
    'the cluster at berlin:443 and this cluster both say {cluster="one"}: it takes their series for one',
  );
  assert.match(problem?.cure ?? "", /variable CLUSTER/);
});

test("a store that is gone counts no more, and one without labels never does", () => {
  const sidecar = [store("a", "context deadline exceeded", one), store("b", null, one)];
  const rule = [{ name: "c", lastError: null, labelSets: null }];
  assert.deepEqual(mistaken(querier, { sidecar, query: null, rule }), []);
});

test("a strict store that does not answer is told with its error, also one that never did", () => {
  const query = [store("thanos.berlin.example.com:443", "connection refused")];
  assert.deepEqual(
    unreached(querier, { query }).map(({ kind, reason }) => [kind, reason]),
    [
      [
        "partial",
        "it gets no answer from thanos-store:10901 (not once since it started): its own answers lack what that has",
      ],
      [
        "partial",
        "it gets no answer from thanos.berlin.example.com:443 (connection refused): its own answers lack what that has",
      ],
    ],
  );
});

test.run();
