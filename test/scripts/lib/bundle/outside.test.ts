import assert from "node:assert/strict";
import { test } from "uvu";
import { outsideAccess, prometheusOutside } from "../../../../generators/bare-metal/access.js";
import { kubeStateMetrics } from "../../../../generators/kube-state-metrics/index.js";
import { defaults } from "../../../../generators/settings/index.js";
import { bundleOf } from "../../../../scripts/lib/bundle/index.js";
import { outsideBundle } from "../../../../scripts/lib/bundle/outside.js";
import { accessRequestsFor, ungranted } from "../../../../scripts/lib/bundle/permissions.js";
import type { Failure } from "../../../../scripts/lib/failure.js";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";
import { expectedTargets } from "../../../../scripts/lib/verify/expected.js";

const settings = { ...defaults, namespace: "watching" };
const objects = [kubeStateMetrics(settings), prometheusOutside(settings), ...outsideAccess(settings)].flatMap(
  (component) => component.objects.map((object) => object.toJSON() as RenderedObject),
);
const rendered = { overlay: "overlays/bare-metal", objects };
const outside = { address: "http://127.0.0.1:9099", apiServer: "https://10.0.0.10:6443" };
const inventory = { nodes: [], slices: new Map(), pods: new Map() };

test("an overlay for one outside says so when it is verified as one with a Prometheus", () => {
  assert.throws(
    () => bundleOf(rendered),
    ({ cure = "" }: Failure) => cure.includes("npm run verify -- overlays/bare-metal --prometheus"),
  );
});

test("an overlay that is not for one outside cannot be verified as such", () => {
  const without = objects.filter(({ kind, metadata }) => kind !== "ServiceAccount" || !/outside/.test(metadata.name));
  assert.throws(() => outsideBundle({ ...rendered, objects: without }, outside), /has no ServiceAccount/);
});

test("what is expected of it is at its own address, and behind the API server's", () => {
  const { prometheus, outside: { jobs } = { jobs: [] } } = outsideBundle(rendered, outside);
  assert.equal(prometheus.serviceAccount, "prometheus-outside");
  const addresses = jobs
    .filter(({ expects }) => expects.every === "fixed")
    .flatMap(({ config, expects }) =>
      expectedTargets(expects, config.metrics_path ?? "/metrics", "watching", inventory).map(
        (target) => `${target.addresses}${target.path}`,
      ),
    );
  assert.deepEqual(addresses, [
    "localhost:9099/metrics",
    "10.0.0.10:6443/api/v1/namespaces/watching/services/http:kube-state-metrics:http/proxy/metrics",
    "10.0.0.10:6443/api/v1/namespaces/watching/services/http:kube-state-metrics:telemetry/proxy/metrics",
  ]);
});

test("a permission that the overlay does not give is found", () => {
  const rule = { apiGroups: [""], resources: ["services/proxy"], resourceNames: ["http:other:http"], verbs: ["get"] };
  const wanted = accessRequestsFor([{ scope: "own namespace", rule }], "watching");
  assert.deepEqual(ungranted(outsideBundle(rendered, outside), wanted), wanted);
});

test.run();
