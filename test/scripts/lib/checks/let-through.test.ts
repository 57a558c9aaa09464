import assert from "node:assert/strict";
import { test } from "uvu";
import { letThrough } from "../../../../scripts/lib/checks/let-through.js";
import { messages, object, rendered } from "./fixtures.js";
import { job, prometheus, service } from "./prometheus/fixtures.js";

type Fields = Readonly<Record<string, unknown>>;

const policy = (spec: Fields, name = "p") =>
  object("networking.k8s.io/v1", "NetworkPolicy", { name }, { spec: { podSelector: {}, ...spec } });
const egress = (...rules: object[]) => policy({ policyTypes: ["Egress"], egress: rules });
const pods = (app: string, port: number) => ({ to: [{ podSelector: { matchLabels: { app } } }], ports: [{ port }] });
const names = {
  to: [{ namespaceSelector: {}, podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
  ports: [{ port: 53, protocol: "UDP" }],
};
const asks = (config: Fields, ...policies: Parameters<typeof messages>[1][]) =>
  messages(letThrough, ...prometheus({ "m.scrape.yml": job(config) }), service(), ...policies);
const own = { static_configs: [{ targets: ["app:80"] }] };
const theirs = (port?: number) => ({ dns_sd_configs: [{ names: ["a.my-team.svc"], type: "A", port }] });
const config = "ConfigMap monitoring/config: job mine asks";

test("without policies everything is let through", async () => {
  assert.deepEqual(await asks(own), []);
});

test("a job that policies do not let out is wrong, at the port of the pod behind the Service", async () => {
  assert.deepEqual(await asks(own, egress(pods("app", 8080), names)), []);
  assert.deepEqual(await asks(own, egress(names)), [
    `${config} Deployment monitoring/app at port 8080, but no NetworkPolicy lets Deployment monitoring/app out to there`,
  ]);
});

test("a job that policies do not let in is wrong", async () => {
  const deny = policy({ policyTypes: ["Ingress"] });
  assert.deepEqual(await asks(own, deny), [
    `${config} Deployment monitoring/app at port 8080, but no NetworkPolicy lets Deployment monitoring/app in there`,
  ]);
  const named = policy({ ingress: [{ ports: [{ port: "http" }] }] }, "named");
  assert.deepEqual(await asks(own, deny, named), []);
});

test("a name has to be resolved", async () => {
  assert.deepEqual(await asks(own, egress(pods("app", 8080))), [
    `${config} app by name, but no NetworkPolicy lets Deployment monitoring/app out to the cluster's name servers`,
  ]);
});

test("pods of another namespace are reached where some policy may be for them", async () => {
  const into = (name: string) => ({
    to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }],
  });
  assert.deepEqual(await asks(theirs(8080), egress(into("my-team"), names)), []);
  assert.deepEqual(
    await asks(theirs(8080), egress({ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }], ports: [{ port: 8080 }] }, names)),
    [],
  );
  const refused = `${config} pods of namespace my-team at port 8080, but no NetworkPolicy lets Deployment monitoring/app out to there`;
  assert.deepEqual(await asks(theirs(8080), egress(into("their-team"), names)), [refused]);
  assert.deepEqual(await asks(theirs(8080), egress({ ...into("my-team"), ports: [{ port: 80 }] }, names)), [refused]);
});

test("a discovery of pods is not let out by a block of addresses that is for another port", async () => {
  const sd = { kubernetes_sd_configs: [{ role: "pod", namespaces: { names: ["my-team"] } }] };
  const nodes = { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 9100 }] };
  assert.equal((await asks(sd, egress(nodes))).length, 1);
  assert.deepEqual(await asks(sd, egress({ to: [{ namespaceSelector: {} }] })), []);
});

test("of an endpoint behind a Service of another namespace, nobody here knows the port of its pods", async () => {
  const sending = (url: string) =>
    rendered(...prometheus({ "prometheus.yml": `remote_write:\n  - url: ${url}\n` }), egress(names));
  assert.deepEqual(await letThrough.unlooked?.(sending("http://mimir.mimir.svc/push")), [
    "prometheus.yml asks http://mimir.mimir.svc: a NetworkPolicy is about the port of the pods, which need not be that of their Service",
  ]);
  assert.deepEqual(await letThrough.unlooked?.(sending("https://metrics.example.com/push")), []);
});

test("a policy is for pods, and about pods and ports, that are rendered", async () => {
  const about = (spec: Fields) => messages(letThrough, ...prometheus({}), policy(spec));
  assert.match(
    (await about({ podSelector: { matchLabels: { app: "gone" } } }))[0] ?? "",
    /is for pods with .*gone.*renders none/,
  );
  assert.match(
    (await about({ ingress: [{ from: [{ podSelector: { matchLabels: { app: "gone" } } }] }] }))[0] ?? "",
    /names pods with .*gone/,
  );
  assert.match(
    (await about({ ingress: [{ ports: [{ port: 9101 }] }] }))[0] ?? "",
    /is about port 9101, which Deployment monitoring\/app does not open/,
  );
  assert.match((await about({ egress: [pods("app", 9101)] }))[0] ?? "", /is about port 9101/);
});

test("a label of every selector is none of others' pods", async () => {
  const dns = (labels: Fields) => ({
    to: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
        podSelector: { matchLabels: labels },
      },
    ],
  });
  const run = (labels: Fields) =>
    messages(
      letThrough,
      ...prometheus({}),
      policy({ podSelector: { matchLabels: { app: "app" } }, egress: [dns(labels)] }),
    );
  assert.deepEqual(await run({ "k8s-app": "kube-dns" }), []);
  assert.match(
    (await run({ "k8s-app": "kube-dns", app: "app" }))[0] ?? "",
    /names pods of namespace kube-system with app=app, a label/,
  );
});

test.run();
