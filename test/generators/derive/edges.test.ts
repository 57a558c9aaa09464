import assert from "node:assert/strict";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { Service } from "kubernetes-models/v1/Service";
import { test } from "uvu";
import { edges, type Port } from "../../../generators/derive/edges.js";
import { stack } from "../../../generators/index.js";
import type { Base } from "../../../generators/lib/base-and-component.js";
import { scrapeJobs } from "../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../generators/settings/index.js";
import type { Expectation, ScrapeJob } from "../../../metrics/scrape-job.js";

const part = (name: string, fields: Partial<Base> = {}): Base => ({
  name,
  source: `generators/${name}/index.ts`,
  objects: [
    new Service({ metadata: { name }, spec: { ports: [{ name: "web", port: 80, targetPort: "http" }] } }),
    new Deployment({
      metadata: { name },
      spec: {
        selector: {},
        template: { spec: { containers: [{ name, ports: [{ name: "http", containerPort: 8080 }] }] } },
      },
    }),
  ],
  ...fields,
});
const job = (expects: Expectation): ScrapeJob => ({
  about: "",
  source: "generators/a.ts",
  expects,
  config: { job_name: "a", kubernetes_sd_configs: [{ role: "node" }] },
});
const endpoint = (of: string, port = "web"): Expectation => ({ every: "endpoint", of, port, in: "own namespace" });
const from = { base: "prometheus" };
const discovery = { from, to: "api servers", ports: [], purpose: "discovery" };

test("a job by node reaches the nodes at its port, and the API servers to find them", () => {
  assert.deepEqual(edges([], [job({ every: "node", port: 9100 })], "prometheus"), [
    discovery,
    { from, to: "nodes", ports: [{ protocol: "TCP", port: 9100 }], purpose: { job: "a" } },
  ]);
});

test("a job by Service reaches the port of its pods, not of the Service", () => {
  const found = edges([part("target")], [job(endpoint("target"))], "prometheus");
  assert.deepEqual(found[1], {
    from,
    to: { base: "target" },
    ports: [{ protocol: "TCP", port: 8080 }],
    purpose: { job: "a" },
  });
});

test("a caller reaches the port that it is declared at, and the name servers", () => {
  const target = part("target", { callers: { http: ["grafana"] } });
  const caller = { base: "grafana" };
  assert.deepEqual(edges([target, part("grafana")], [], "prometheus"), [
    {
      from: caller,
      to: { base: "target" },
      ports: [{ protocol: "TCP", port: 8080 }],
      purpose: { caller: "grafana", callee: "target", port: "http" },
    },
    { from: caller, to: "name servers", ports: [], purpose: { caller: "grafana", callee: "target", port: "http" } },
  ]);
});

test("a base that says whom it calls gives the same connection", () => {
  const caller = part("grafana", { calls: [{ base: "target", port: "http" }] });
  const target = part("target", { callers: { http: ["grafana"] } });
  assert.deepEqual(
    edges([part("target"), caller], [], "prometheus"),
    edges([target, part("grafana")], [], "prometheus"),
  );
  assert.throws(() => edges([caller], [], "prometheus"), /grafana calls target at http: there is no base target/);
});

test("who is admitted resolves names elsewhere", () => {
  const target = part("target", { callers: { http: ["admitted"] } });
  assert.deepEqual(
    edges([target], [], "prometheus").map((edge) => [edge.from, edge.to]),
    [["admitted", { base: "target" }]],
  );
});

test("a Service, a port and a caller that are not there are errors that name them", () => {
  assert.throws(() => edges([], [job(endpoint("gone"))], "prometheus"), /scrape job a: no base has a Service gone/);
  const wrongPort = part("target", { callers: { metrics: ["admitted"] } });
  assert.throws(() => edges([wrongPort], [], "prometheus"), /the pods of target have no port metrics/);
  const nobody = part("target", { callers: { http: ["grafana"] } });
  assert.throws(() => edges([nobody], [], "prometheus"), /there is no base grafana/);
});

test("the stack's edges are those of its jobs and of kube-state-metrics, and the way in", () => {
  const name = (end: unknown) => (typeof end === "object" ? (end as { base: string }).base : end);
  const text = ({ port, protocol }: Port) => `${port}${protocol === "UDP" ? "/udp" : ""}`;
  const found = edges(stack(defaults), scrapeJobs(defaults), "prometheus");
  assert.deepEqual(
    [...new Set(found.map(({ from, to, ports }) => `${name(from)} -> ${name(to)} ${ports.map(text)}`.trim()))].sort(),
    [
      "admitted -> alertmanager 9093",
      "admitted -> prometheus 9090",
      "alertmanager -> alertmanager 9094",
      "alertmanager -> alertmanager 9094/udp",
      "alertmanager -> name servers",
      "alertmanager -> receivers",
      "kube-state-metrics -> api servers",
      "prometheus -> alertmanager 9093",
      "prometheus -> api servers",
      "prometheus -> kube-state-metrics 8080",
      "prometheus -> kube-state-metrics 8081",
      "prometheus -> nodes 10250",
      "prometheus -> nodes 9100",
      "prometheus -> prometheus 9090",
    ],
  );
});

test.run();
