import assert from "node:assert/strict";
import { test } from "uvu";
import { kubelet } from "../../../../generators/prometheus/scrape/kubelet.js";
import { kubernetesApiservers } from "../../../../generators/prometheus/scrape/kubernetes-apiservers.js";
import { prometheusItself } from "../../../../generators/prometheus/scrape/prometheus.js";
import { defaults } from "../../../../generators/settings/index.js";
import type { Bundle } from "../../../../scripts/lib/bundle/index.js";
import { accessRequestsOf, denied, grantCure, ungranted, words } from "../../../../scripts/lib/bundle/permissions.js";
import { Failure } from "../../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../../scripts/lib/kubectl.js";

const bundle: Bundle = {
  overlay: "overlays/devbox",
  services: [],
  leftOut: [],
  workloads: [],
  configMaps: [],
  jobs: [],
  prometheus: {
    object: "Deployment monitoring/prometheus",
    namespace: "monitoring",
    selector: {},
    serviceAccount: "prometheus",
    port: 9090,
  },
  roles: [
    {
      kind: "ClusterRole",
      name: "plain-prometheus:prometheus",
      namespace: undefined,
      rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["list", "watch"] }],
    },
    { kind: "Role", name: "prometheus", namespace: "monitoring", rules: [] },
  ],
};

/** A kubectl whose API server answers every review by what `allow` says of it. */
function reviewer(allow: (spec: Record<string, unknown>) => boolean): Kubectl {
  const unused = () => assert.fail("a review is all that is asked for");
  return {
    flags: [],
    lacks: [],
    json: unused,
    raw: unused,
    text: async (args, options) => {
      assert.equal(args[0], "create");
      const reviews = options?.input?.split("\n").map((text) => JSON.parse(text)) ?? [];
      return reviews.map(({ spec }) => `${allow(spec)}\n`).join("");
    },
  };
}

test("permissions are what the job's config needs, in the namespace where it needs them", () => {
  assert.deepEqual(accessRequestsOf(kubelet(defaults).config, "monitoring").map(words), [
    "list nodes",
    "watch nodes",
    "get nodes/metrics",
  ]);
  const own = accessRequestsOf(prometheusItself().config, "elsewhere").map(words);
  assert.ok(own.includes("list endpointslices.discovery.k8s.io in elsewhere"), own.join());
  const apiservers = accessRequestsOf(kubernetesApiservers().config, "monitoring").map(words);
  assert.ok(apiservers.includes('watch services "kubernetes" in default'), apiservers.join());
  assert.ok(apiservers.includes("get /metrics"), apiservers.join());
});

test("the cluster is asked about Prometheus' ServiceAccount, and what it denies is returned", async () => {
  const asked: unknown[] = [];
  const kubectl = reviewer((spec) => {
    asked.push(spec);
    return !JSON.stringify(spec).includes('"subresource":"metrics"');
  });
  const refused = await denied(kubectl, bundle, accessRequestsOf(kubelet(defaults).config, "monitoring"));
  assert.deepEqual(refused?.map(words), ["get nodes/metrics"]);
  assert.deepEqual(asked[2], {
    user: "system:serviceaccount:monitoring:prometheus",
    groups: ["system:serviceaccounts", "system:serviceaccounts:monitoring", "system:authenticated"],
    resourceAttributes: { verb: "get", group: "", resource: "nodes", subresource: "metrics" },
  });
});

test("a path is asked about as a path", async () => {
  const asked: unknown[] = [];
  const kubectl = reviewer((spec) => asked.push(spec) > 0);
  await denied(kubectl, bundle, [{ verb: "get", path: "/metrics" }]);
  assert.deepEqual((asked[0] as Record<string, unknown>).nonResourceAttributes, { verb: "get", path: "/metrics" });
});

function failing(message: string): Kubectl {
  return {
    ...reviewer(() => true),
    text: async () => {
      throw new Failure(message);
    },
  };
}

test("who may not ask is not told that all is allowed", async () => {
  const kubectl = failing("Error from server (Forbidden): subjectaccessreviews.authorization.k8s.io is forbidden");
  assert.equal(await denied(kubectl, bundle, [{ verb: "get", path: "/metrics" }]), undefined);
});

test("a review that fails for another reason is no answer", async () => {
  const asked = denied(failing("the server was not reached"), bundle, [{ verb: "get", path: "/metrics" }]);
  await assert.rejects(asked, /was not reached/);
});

test("what the overlay lacks is known without asking the cluster", () => {
  const lacking = ungranted(bundle, accessRequestsOf(kubelet(defaults).config, "monitoring"));
  assert.deepEqual(lacking.map(words), ["get nodes/metrics"]);
});

test("a permission that no role gives is to be added to the role where it belongs", () => {
  assert.equal(
    grantCure(bundle, [{ verb: "get", apiGroup: "", resource: "nodes/metrics" }]),
    "let ClusterRole plain-prometheus:prometheus allow get nodes/metrics",
  );
  assert.equal(
    grantCure(bundle, [{ verb: "list", apiGroup: "", resource: "pods", namespace: "monitoring" }]),
    "let Role monitoring/prometheus allow list pods in monitoring",
  );
});

test("what several verbs do to the same thing is said once", () => {
  const services = { apiGroup: "", resource: "services", namespace: "monitoring" };
  assert.equal(
    grantCure(bundle, [
      { verb: "list", ...services },
      { verb: "watch", ...services },
      { verb: "watch", ...services, resource: "pods" },
    ]),
    "let Role monitoring/prometheus allow list and watch services in monitoring, watch pods in monitoring",
  );
});

test("a permission that the overlay gives and the cluster does not only has to be applied", () => {
  assert.equal(
    grantCure(bundle, [{ verb: "list", apiGroup: "", resource: "nodes" }]),
    "ClusterRole plain-prometheus:prometheus of the overlay allows list nodes, but the cluster does not: " +
      "kubectl apply -k overlays/devbox",
  );
});

test("a permission for one name does not count for all", () => {
  const roles = [
    {
      kind: "ClusterRole",
      name: "narrow",
      namespace: undefined,
      rules: [{ apiGroups: [""], resources: ["services"], resourceNames: ["kubernetes"], verbs: ["list"] }],
    },
  ];
  const all = { verb: "list", apiGroup: "", resource: "services", namespace: "default" };
  assert.match(grantCure({ ...bundle, roles }, [all]), /^let ClusterRole narrow allow/);
  assert.match(grantCure({ ...bundle, roles }, [{ ...all, name: "kubernetes" }]), /of the overlay allows/);
});

test("without any bound role, the ServiceAccount that needs one is named", () => {
  assert.match(
    grantCure({ ...bundle, roles: [] }, [{ verb: "get", path: "/metrics" }]),
    /^let a role that is bound to ServiceAccount monitoring\/prometheus allow get \/metrics$/,
  );
});

test.run();
