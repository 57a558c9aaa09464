import assert from "node:assert/strict";
import { test } from "uvu";
import type { ScrapeConfig } from "../../../../metrics/scrape-job.js";
import type { Bundle } from "../../../../scripts/lib/bundle/index.js";
import { Failure } from "../../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../../scripts/lib/kubectl.js";
import type { Workload } from "../../../../scripts/lib/rendered/workloads.js";
import { look } from "../../../../scripts/lib/verify/look.js";

const namespace = "monitoring";
const labels = { "app.kubernetes.io/name": "prometheus" };
const selector = { matchLabels: labels };
const workload: Workload = {
  object: "StatefulSet monitoring/prometheus",
  kind: "StatefulSet",
  namespace,
  labels,
  selector,
  pod: { containers: [] },
  containers: [],
  claims: [],
};

const kubelet: ScrapeConfig = { job_name: "kubelet", scheme: "https", kubernetes_sd_configs: [{ role: "node" }] };

const bundle: Bundle = {
  overlay: "overlays/prod",
  services: [],
  leftOut: [],
  workloads: [workload],
  prometheus: { object: workload.object, namespace, selector, serviceAccount: "prometheus", port: 9090 },
  configMaps: [{ name: "prometheus-scrape", data: {} }],
  jobs: [kubelet],
  roles: [],
};

function pod(name: string, ready: "True" | "False") {
  return {
    kind: "Pod",
    metadata: { name, namespace, labels },
    status: { conditions: [{ type: "Ready", status: ready }] },
  };
}

const statefulSet = {
  kind: "StatefulSet",
  metadata: { namespace, name: "prometheus", generation: 1 },
  spec: { replicas: 2 },
  status: { observedGeneration: 1, readyReplicas: 2, updatedReplicas: 2 },
};

const node = {
  metadata: { name: "a" },
  status: {
    addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    conditions: [{ type: "Ready", status: "True" }],
  },
};

const target = {
  labels: { job: "kubelet", instance: "10.0.0.1:10250" },
  scrapePool: "kubelet",
  scrapeUrl: "https://10.0.0.1:10250/metrics",
  lastError: "",
  lastScrape: "2026-05-04T10:00:20Z",
  health: "up",
};

const api: Record<string, unknown> = {
  "targets?state=active": { activeTargets: [target] },
  scrape_pools: { scrapePools: ["kubelet"] },
  "status/runtimeinfo": { serverTime: "2026-05-04T10:00:30Z", reloadConfigSuccess: true },
  "query?query=scrape_samples_scraped": { result: [] },
};

/** A cluster with these objects in the namespace, whose pods answer by `prometheus`. */
function clusterOf(
  objects: readonly object[],
  prometheus: (pod: string, path: string) => unknown,
  isAllowed: (review: string) => boolean = () => true,
): Kubectl {
  return {
    flags: [],
    lacks: [],
    raw: () => assert.fail("not used"),
    json: async <T>([, what = "", name = ""]: readonly string[]) => {
      if (what === "secret") throw new Failure(`secrets "${name}" is forbidden`);
      const items = what === "nodes" ? [node] : what.startsWith("deployments,") ? objects : [];
      return { items } as T;
    },
    text: async (args, { input = "" } = {}) => {
      if (args[0] === "create") return input.split("\n").map(isAllowed).join("\n");
      const found = /\/pods\/([^:]+):9090\/proxy\/api\/v1\/(.*)$/.exec(args[2] ?? "");
      return found === null ? "" : JSON.stringify({ data: prometheus(found[1] ?? "", found[2] ?? "") });
    },
  };
}

test("every Prometheus that is ready is asked, and no other", async () => {
  const asked = new Set<string>();
  const pods = [pod("prometheus-0", "True"), pod("prometheus-1", "True"), pod("prometheus-2", "False")];
  const kubectl = clusterOf([statefulSet, ...pods], (name, path) => {
    asked.add(name);
    return api[path];
  });
  const report = await look(bundle, kubectl);
  assert.deepEqual([...asked], ["prometheus-0", "prometheus-1"]);
  assert.deepEqual(
    report.replicas.map(({ jobs }) => jobs.map(({ job, expected, up }) => [job, expected, up])),
    [[["kubelet", 1, 1]], [["kubelet", 1, 1]]],
  );
  assert.equal(report.ok, true, JSON.stringify(report));
});

test("what one replica lacks is a problem, even where the other has it", async () => {
  const kubectl = clusterOf([statefulSet, pod("prometheus-0", "True"), pod("prometheus-1", "True")], (name, path) =>
    name === "prometheus-1" && path.startsWith("targets") ? { activeTargets: [], droppedTargetCounts: {} } : api[path],
  );
  const { ok, replicas } = await look(bundle, kubectl);
  assert.equal(ok, false);
  assert.deepEqual(
    replicas.map(({ jobs }) => jobs[0]?.problems.length),
    [0, 1],
  );
});

test("the agent on each node is asked too, and its targets count once with those of each other Prometheus", async () => {
  const ofAgents = { "app.kubernetes.io/name": "prometheus-node" };
  const agents = ["a", "b"].map((name) => ({ ...pod(name, "True"), metadata: { name, namespace, labels: ofAgents } }));
  const kubectl = clusterOf(
    [statefulSet, pod("prometheus-0", "True"), pod("prometheus-1", "True"), ...agents],
    (name, path) =>
      path.startsWith("targets") && name !== "a" ? { activeTargets: [], droppedTargetCounts: {} } : api[path],
  );
  const onNodes = { serviceAccount: "prometheus-node", roles: [], jobs: ["kubelet"] };
  const shards = [{ object: "DaemonSet monitoring/prometheus-node", selector: { matchLabels: ofAgents }, onNodes }];
  const { replicas } = await look({ ...bundle, shards }, kubectl);
  assert.deepEqual(
    replicas.map(({ jobs, problems }) => [jobs.map(({ up }) => up), problems]),
    [
      [[1], []],
      [[1], []],
    ],
  );
});

test("where the agent of a node is refused, its own account lacks the permission, and not Prometheus'", async () => {
  const ofAgents = { "app.kubernetes.io/name": "prometheus-node" };
  const agent = { ...pod("a", "True"), metadata: { name: "a", namespace, labels: ofAgents } };
  const refused = { ...target, health: "down", lastError: "server returned HTTP status 403 Forbidden" };
  const kubectl = clusterOf(
    [statefulSet, pod("prometheus-0", "True"), agent],
    (name, path) =>
      path.startsWith("targets")
        ? { activeTargets: name === "a" ? [refused] : [], droppedTargetCounts: {} }
        : api[path],
    (review) => !review.includes("prometheus-node"),
  );
  const config = { ...kubelet, authorization: { credentials_file: "token" } };
  const roleOf = (name: string) => [
    {
      kind: "ClusterRole",
      name,
      namespace: undefined,
      rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["list"] }],
    },
  ];
  const onNodes = { serviceAccount: "prometheus-node", roles: roleOf("of-agents"), jobs: ["kubelet"] };
  const shards = [{ object: "DaemonSet monitoring/prometheus-node", selector: { matchLabels: ofAgents }, onNodes }];
  const { replicas } = await look({ ...bundle, jobs: [config], shards, roles: roleOf("before-them") }, kubectl);
  const cures = replicas.flatMap(({ jobs }) => jobs.flatMap(({ problems }) => problems.map(({ cure }) => cure)));
  assert.match(cures.join(), /let ClusterRole of-agents allow get nodes\/metrics/);
  assert.doesNotMatch(cures.join(), /before-them/);
});

test("a Prometheus that cannot be asked is a problem, and no end of the verification", async () => {
  const kubectl = clusterOf([statefulSet, pod("prometheus-0", "True"), pod("prometheus-1", "True")], (name, path) => {
    if (name === "prometheus-1")
      throw new Failure(
        "error: You must be logged in to the server (the server has asked for the client to provide credentials)",
      );
    return api[path];
  });
  const { replicas } = await look(bundle, kubectl);
  assert.deepEqual(
    replicas.map(({ problems }) => problems.length),
    [0, 1],
  );
  assert.match(replicas[1]?.problems[0]?.cure ?? "", /asks for a password: let your user get Secret prometheus-web/);
});

test.run();
