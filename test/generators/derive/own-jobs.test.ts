import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { namedTargets, type OwnJob, ownAccess, ownEdges } from "../../../generators/derive/own-jobs.js";
import { base } from "../../../generators/index.js";
import { noFiles } from "../../../generators/own-files.js";
import { defaults } from "../../../generators/settings/index.js";
import { files as usual } from "../../lib/files.js";

const job = (fields: Omit<OwnJob, "job_name">): OwnJob => ({ job_name: "shop", ...fields });

/** Where a job leads to, as `end:port,port`. */
const ways = (fields: Omit<OwnJob, "job_name">) =>
  ownEdges(job(fields), "prometheus", "monitoring-system")
    .filter(({ to }) => to !== "name servers")
    .map(({ to, ports }) => {
      const end = typeof to !== "object" ? to : "in" in to ? to.in : "block" in to ? to.block : to.base;
      return `${end}:${ports.map(({ port }) => port).join()}`;
    });

const permitted = (fields: Omit<OwnJob, "job_name">) =>
  ownAccess(job(fields)).map(({ scope, rule }) => {
    const where = typeof scope === "object" ? scope.namespace : scope;
    return `${where}: ${rule.verbs} ${rule.resources ?? rule.nonResourceURLs}`;
  });

const targets = (...targets: string[]) => ({ static_configs: [{ targets }] });

test("a target by name or address opens the way to its namespace, its pod or its address alone", () => {
  assert.deepEqual(ways(targets("shop.shop.svc:8080")), ["shop:8080"]);
  assert.deepEqual(ways(targets("shop-0.shop.shop.svc.cluster.local")), ["shop:80"]);
  assert.deepEqual(ways({ ...targets("shop.shop.svc"), scheme: "https" }), ["shop:443"]);
  assert.deepEqual(ways(targets("pushgateway:9091", "a.monitoring-system.svc:1")), ["own pods:9091", "own pods:1"]);
  assert.deepEqual(ways(targets("192.0.2.1:9100", "[2001:db8::1]:9100")), [
    "192.0.2.1/32:9100",
    "2001:db8::1/128:9100",
  ]);
  assert.deepEqual(ways(targets("shop.example.com:443", "localhost:9090", "127.0.0.1:1")), []);
});

test("a name has to be resolved, an address has not", () => {
  const asks = (target: string) =>
    ownEdges(job(targets(target)), "prometheus", "a").some(({ to }) => to === "name servers");
  assert.deepEqual(["shop.shop.svc:80", "192.0.2.1:80"].map(asks), [true, false]);
});

test("relabelling says where a target is, as where a prober is asked", () => {
  const relabel_configs = [
    { source_labels: ["__address__"], target_label: "__param_target" },
    { target_label: "__address__", replacement: "blackbox-exporter:9115" },
  ];
  assert.deepEqual(ways({ ...targets("https://shop.example.com"), relabel_configs }), ["own pods:9115"]);
});

test("a name server says the addresses, and for SRV the port too", () => {
  assert.deepEqual(ways({ dns_sd_configs: [{ names: ["shop.shop.svc"], type: "A", port: 8080 }] }), ["shop:8080"]);
  assert.deepEqual(ways({ dns_sd_configs: [{ names: ["_http._tcp.shop.shop.svc."] }] }), ["shop:"]);
});

test("discovery opens the namespaces that it names or keeps, at the port that it keeps or writes", () => {
  const pods = (names: readonly string[], ...relabel_configs: NonNullable<OwnJob["relabel_configs"]>) =>
    ways({
      kubernetes_sd_configs: [{ role: "pod", ...(names.length > 0 && { namespaces: { names } }) }],
      relabel_configs,
    });
  const keep = (label: string, regex: string) => ({
    action: "keep",
    source_labels: [`__meta_kubernetes_${label}`],
    regex,
  });
  assert.deepEqual(pods(["shop", "cart"]), ["shop:", "cart:"]);
  assert.deepEqual(pods(["shop"], keep("pod_container_port_number", "8080|8081")), ["shop:8080,8081"]);
  assert.deepEqual(
    pods(["shop"], {
      source_labels: ["__meta_kubernetes_pod_ip"],
      target_label: "__address__",
      replacement: "$1:9000",
    }),
    ["shop:9000"],
  );
  assert.deepEqual(pods([], keep("namespace", "shop|cart")), ["shop:", "cart:"]);
  assert.deepEqual(pods([], keep("namespace", "shop-.*")), ["any pod:"]);
  const all = { namespaces: { own_namespace: true, names: ["shop"] } };
  assert.deepEqual(ways({ kubernetes_sd_configs: [{ role: "endpoints", ...all }] }), ["shop:", "own pods:"]);
  assert.deepEqual(ways({ kubernetes_sd_configs: [{ role: "node" }] }), ["nodes:10250"]);
  assert.deepEqual(ways({ kubernetes_sd_configs: [{ role: "pod", api_server: "https://192.0.2.1" }] }), []);
});

test("discovery needs what its role lists, where it looks, and what it attaches", () => {
  const shop = { namespaces: { names: ["shop"] } };
  assert.deepEqual(permitted({ kubernetes_sd_configs: [{ role: "pod", ...shop }] }), ["shop: list,watch pods"]);
  assert.deepEqual(permitted({ kubernetes_sd_configs: [{ role: "endpoints", ...shop }] }), [
    "shop: list,watch endpoints",
    "shop: list,watch services",
    "shop: list,watch pods",
  ]);
  assert.deepEqual(permitted({ kubernetes_sd_configs: [{ role: "ingress" }] }), ["cluster: list,watch ingresses"]);
  assert.deepEqual(
    permitted({ kubernetes_sd_configs: [{ role: "pod", ...shop, attach_metadata: { node: true, deployment: true } }] }),
    ["shop: list,watch pods", "cluster: list,watch nodes", "shop: list,watch replicasets"],
  );
  assert.deepEqual(permitted({ kubernetes_sd_configs: [{ role: "pod", api_server: "https://192.0.2.1" }] }), []);
});

test("only who shows the ServiceAccount's token is asked for by the API server", () => {
  const token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
  assert.deepEqual(permitted({ authorization: { credentials_file: token }, metrics_path: "/m" }), ["cluster: get /m"]);
  assert.deepEqual(permitted({ authorization: { credentials_file: "/etc/prometheus/secrets/a/token" } }), []);
});

test("a target that relabelling drops is none, and one that it rewrites is where it says", () => {
  const found = namedTargets(
    job({
      ...targets("a.shop.svc:1", "b.shop.svc:2"),
      relabel_configs: [
        { action: "drop", source_labels: ["__address__"], regex: "a.*" },
        { target_label: "__metrics_path__", replacement: "/other" },
      ],
    }),
  );
  assert.deepEqual(found, [{ target: "b.shop.svc:2", host: "b.shop.svc", port: 2, path: "/other" }]);
});

test("roles, policies and the folders of namespaced access have what the jobs of scrape/ need", () => {
  const content = {
    scrape_configs: [
      job({ kubernetes_sd_configs: [{ role: "pod", namespaces: { names: ["shop"] } }] }),
      { job_name: "nodes", kubernetes_sd_configs: [{ role: "service", namespaces: { own_namespace: true } }] },
    ],
  };
  const files = base(defaults, [], { ...noFiles, scrape: [{ name: "shop.yml", source: "scrape/shop.yml", content }] });
  const changed = [...files].filter(([path, text]) => usual.get(path) !== text).map(([path]) => path);
  assert.deepEqual(changed.sort(), [
    "README.md",
    "access/own-shop/kustomization.yaml",
    "access/own-shop/role-binding.yaml",
    "access/own-shop/role.yaml",
    "components/network-policies/network-policy-prometheus.yaml",
    "components/sharded/kustomization.yaml",
    "components/sharded/shard-0/job-0-of-shop.yml",
    "components/sharded/shard-0/job-1-of-shop.yml",
    "components/sharded/shard-1/job-0-of-shop.yml",
    "components/sharded/shard-1/job-1-of-shop.yml",
    "prometheus/cluster-role.yaml",
    "prometheus/kustomization.yaml",
    "prometheus/scrape/shop.yml",
  ]);
  const rules = (path: string) => JSON.stringify(parse(files.get(path) ?? "").rules);
  assert.match(rules("prometheus/cluster-role.yaml"), /"pods"/);
  assert.match(
    rules("access/own-shop/role.yaml"),
    /^\[\{"apiGroups":\[""\],"resources":\["pods"\],"verbs":\["list","watch"\]\}\]$/,
  );
  assert.match(
    files.get("components/network-policies/network-policy-prometheus.yaml") ?? "",
    /kubernetes\.io\/metadata\.name: shop/,
  );
  // Services of the own namespace are listed for the bundle's own jobs already.
  assert.equal(files.get("prometheus/role.yaml"), usual.get("prometheus/role.yaml"));
});

test.run();
