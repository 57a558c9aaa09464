import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { test } from "uvu";
import { stringify } from "yaml";
import { runChecks, unlookedAt } from "../../scripts/lib/checks/index.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";

/*
 * Overlays that Kustomize renders without a word, and that would not work: each is told what is wrong with it, and nothing
 * else. Those without a mistake are right.
 */

interface Case {
  readonly components?: readonly string[];
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
  /** What each finding says, in whichever order. */
  readonly says: readonly RegExp[];
}

const scratch = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
test.after(() => rm(scratch, { recursive: true }));

const generated = async (path: string) => await readFile(join(root, "base", path), "utf8");

function json(
  kind: string,
  name: string,
  ...operations: readonly (readonly [op: string, path: string, value?: unknown])[]
) {
  return { target: { kind, name }, patch: stringify(operations.map(([op, path, value]) => ({ op, path, value }))) };
}

const container = "/spec/template/spec/containers/0";
const address = { name: "EXTERNAL_URL", value: "http://prometheus.example.com:8080" };
const moved = (kind: string, name: string, argument: number, port: number) =>
  json(
    kind,
    name,
    ["replace", `${container}/args/${argument}`, `--web.listen-address=:${port}`],
    ["replace", `${container}/ports/0/containerPort`, port],
    ...(kind === "DaemonSet" ? [["replace", `${container}/ports/0/hostPort`, port] as const] : []),
  );
const merged = (name: string, ...files: string[]) => ({
  configMapGenerator: [{ name, namespace: "monitoring-system", behavior: "merge", files }],
});

/** How an overlay says where components/remote-write sends samples. */
const endpointAt = (url: string) => ({
  configMapGenerator: [
    { name: "remote-write-endpoint", namespace: "monitoring-system", behavior: "merge", literals: [`url=${url}`] },
  ],
});

const cases: Record<string, Case> = {
  "a prefix for every name": {
    fields: { namePrefix: "team-a-" },
    says: [/^StatefulSet .*--cluster.peer keeps alertmanager-peers:9094, but this overlay does not render Service/],
  },
  "a suffix, with a data source and a prober": {
    components: ["grafana", "blackbox-exporter"],
    fields: { nameSuffix: "-x" },
    says: [
      /--cluster.peer keeps/,
      /its variable PROMETHEUS_URL keeps http:\/\/prometheus:9090/,
      /job probes keeps blackbox-exporter:9115/,
    ],
  },
  "a prefix for what a Prometheus outside of the cluster reads": {
    components: [],
    fields: { namePrefix: "a-", resources: ["namespace", "node-exporter", "kube-state-metrics", "prometheus-outside"] },
    says: [/^Role .*services\/proxy of Service monitoring-system\/kube-state-metrics/],
  },
  "labels in every selector, with policies": {
    components: ["network-policies"],
    fields: { commonLabels: { team: "a" } },
    says: [/^NetworkPolicy .*alertmanager: names pods of namespace kube-system with team=a/],
  },
  "labels in no selector, with policies": {
    components: ["network-policies"],
    fields: { labels: [{ pairs: { team: "a" } }] },
    says: [],
  },
  "Grafana behind policies that do not know it": {
    components: ["network-policies", "grafana"],
    says: [/^Deployment .*grafana.* PROMETHEUS_URL .*list base\/components\/grafana-network-policies/, /by name/],
  },
  "policies for a Grafana that is not there": {
    components: ["network-policies", "grafana-network-policies"],
    says: [/NetworkPolicy .*\/grafana: is for pods/, /grafana-ui: is for pods/, /prometheus-from-grafana: names pods/],
  },
  "node-exporter at another port": {
    fields: { patches: [moved("DaemonSet", "node-exporter", 3, 9101)] },
    says: [/job node-exporter asks port 9100 of each node, where DaemonSet .* opens http=9101/],
  },
  "Prometheus at another port, behind policies": {
    components: ["network-policies"],
    fields: { patches: [moved("Deployment", "prometheus", 5, 9191)] },
    says: [
      /job prometheus asks .* at port 9191/,
      /NetworkPolicy .*prometheus: is about port 9090/,
      /prometheus-ui: is about/,
    ],
  },
  "a port of a container alone": {
    fields: { patches: [json("Deployment", "prometheus", ["replace", `${container}/ports/0/containerPort`, 9191])] },
    says: [/container prometheus listens at port 9090 .* none of its ports \(http=9191\)/],
  },
  "a Service at another port": {
    components: ["grafana"],
    fields: { patches: [json("Service", "prometheus", ["replace", "/spec/ports/0/port", 80])] },
    says: [/its variable PROMETHEUS_URL keeps http:\/\/prometheus:9090, but Service .* has other ports: http=80/],
  },
  "arguments that the programs do not have": {
    fields: {
      patches: [
        json("Deployment", "prometheus", ["add", `${container}/args/-`, "--storage.tsdb.retentoin.time=1d"]),
        json("StatefulSet", "alertmanager", ["add", `${container}/args/-`, "--storage.path=/data"]),
        json("DaemonSet", "node-exporter", ["add", `${container}/args/-`, "--collector.wifi=false"]),
        json("Deployment", "kube-state-metrics", ["add", `${container}/args/-`, "--metric-whitelist=a"]),
      ],
    },
    says: [
      /has no flag --storage.tsdb.retentoin.time: did you mean storage.tsdb.retention.time\?/,
      /--storage.path is there twice/,
      /--collector.wifi takes no value: write --collector.wifi or --no-collector.wifi/,
      /kube-state-metrics has no flag --metric-whitelist/,
    ],
  },
  "an argument that the bundle reads from a variable": {
    fields: {
      patches: [
        json("Deployment", "prometheus", ["add", `${container}/args/-`, "--storage.tsdb.retention.time=30d"]),
        json("StatefulSet", "alertmanager", ["add", `${container}/args/-`, "--web.external-url=https://a.example.com"]),
      ],
    },
    says: [
      /retention.time is there twice.*; set the variable RETENTION_TIME in the container's env/,
      /external-url is there twice.*; set the variable EXTERNAL_URL in the container's env/,
    ],
  },
  "a copied prometheus.yml beside a Component that brings one": {
    components: ["basic-auth"],
    fields: merged("prometheus-config", "prometheus.yml"),
    files: { "prometheus.yml": await generated("prometheus/prometheus.yml") },
    says: [/prometheus.yml is not used: basic-auth brings prometheus.yml too/],
  },
  "the same, over the overlay that lists the Component": {
    fields: { resources: ["below"], components: [], ...merged("prometheus-config", "prometheus.yml") },
    files: {
      "prometheus.yml": await generated("prometheus/prometheus.yml"),
      "below/kustomization.yaml": stringify({ resources: ["@/base"], components: ["@/base/components/basic-auth"] }),
    },
    says: [/the alerting block says no login to StatefulSet/, /lacks what that brings: basic_auth/],
  },
};

const dashboard = (fields: object) => ({
  "mine.json": JSON.stringify({ uid: "mine", panels: [{ datasource: { uid: "prometheus" }, ...fields }] }),
});
const shown = {
  configMapGenerator: [{ name: "mine", namespace: "monitoring-system", files: ["mine.json"] }],
  patches: [
    json("Deployment", "grafana", [
      "add",
      "/spec/template/spec/volumes/5/projected/sources/-",
      { configMap: { name: "mine" } },
    ]),
  ],
};
const main = await generated("prometheus/prometheus.yml");
const copies = async (folder: string) => {
  const names = await readdir(join(root, "base/prometheus", folder));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await generated(`prometheus/${folder}/${name}`)] as const)),
  );
};
const copiedRules = await copies("rules");
const copiedJobs = await copies("scrape");
const rules = (...all: object[]) => ({ "mine.yml": stringify({ groups: [{ name: "mine", rules: all }] }) });

Object.assign(cases, {
  "rules, a longer alertmanager.yml and a dashboard of one's own": {
    components: ["grafana"],
    fields: {
      configMapGenerator: [
        ...merged("prometheus-rules", "mine.yml").configMapGenerator,
        ...merged("alertmanager-config", "alertmanager.yml").configMapGenerator,
        ...shown.configMapGenerator,
      ],
      patches: shown.patches,
    },
    files: {
      ...rules({ alert: "A", expr: 'rate(node_cpu_seconds_total{mode="idle"}[5m]) > my_own_metric' }),
      "alertmanager.yml": `${await generated("alertmanager/alertmanager.yml")}${"# longer\n".repeat(30)}`,
      ...dashboard({}),
    },
    says: [],
  },
  "copies of the bundle's own rules": {
    fields: merged("prometheus-rules", ...Object.keys(copiedRules)),
    files: copiedRules,
    says: [],
  },
  "copies of the bundle's own jobs": {
    components: [],
    fields: merged("prometheus-scrape", ...Object.keys(copiedJobs)),
    files: copiedJobs,
    says: [/kubelet.yml is not used/, /cadvisor.yml is not used/],
  },
  "a prometheus.yml that scrapes too seldom": {
    fields: merged("prometheus-config", "prometheus.yml"),
    files: { "prometheus.yml": main.replace("scrape_interval: 15s", "scrape_interval: 5m") },
    says: [
      /scrape_interval 5m of .*node-exporter.*windows of rules hold under four scrapes.*every 1m15s \(correct .*prometheus.yml\)/,
    ],
  },
  "a job that is scraped too seldom": {
    fields: merged("prometheus-scrape", "node-exporter.yml"),
    files: {
      "node-exporter.yml": (await generated("prometheus/scrape/node-exporter.yml")).replace(
        "job_name: node-exporter",
        "job_name: node-exporter\n    scrape_interval: 2m",
      ),
    },
    says: [/scrape_interval 2m of node-exporter: /],
  },
  "jobs that discover by what the promtool here leaves out": {
    fields: merged("prometheus-scrape", "mine.yml"),
    files: {
      "mine.yml": `scrape_configs:
  - consul_sd_configs: [{ server: "consul.example.com:8500" }]
    job_name: a
  - { job_name: b, ec2_sd_configs: [{ region: eu-west-1 }], scheme: https, gce_sd_configs: [{ project: a, zone: b }] }
  - job_name: c
    azure_sd_configs:
      - subscription_id: a
`,
    },
    says: [],
  },
  "a discovery that no Prometheus has": {
    fields: merged("prometheus-scrape", "mine.yml"),
    files: {
      "mine.yml":
        "scrape_configs:\n  - consul_sd_configs:\n      - server: a:1\n    job_name: a\n    consl_sd_configs: []\n",
    },
    says: [/mine.yml: .*line 5: field consl_sd_configs not found/],
  },
  "the same alert twice": {
    fields: merged("prometheus-rules", "mine.yml"),
    files: rules({ alert: "A", expr: "up == 0" }, { alert: "A", expr: "up == 0" }),
    says: [/prometheus-rules: mine.yml: .*duplicate rule.*; correct .*mine.yml/],
  },
  "files that are no UTF-8, and one of several documents": {
    fields: merged("prometheus-scrape", "mine.yml"),
    files: { "mine.yml": "\uD800" },
    says: [/mine.yml is no text in UTF-8.*; save .*mine.yml as UTF-8/],
  },
  "a job that discovers pods of another namespace, with its Role there": {
    fields: { namespace: undefined, resources: [".", "role.yaml"], ...merged("prometheus-scrape", "mine.yml") },
    files: {
      "mine.yml": stringify({
        scrape_configs: [
          { job_name: "mine", kubernetes_sd_configs: [{ role: "pod", namespaces: { names: ["my-team"] } }] },
        ],
      }),
      "role.yaml": [
        {
          kind: "Role",
          rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] }],
        },
        {
          kind: "RoleBinding",
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "prometheus" },
          subjects: [{ kind: "ServiceAccount", name: "prometheus", namespace: "monitoring-system" }],
        },
      ]
        .map((one) => ({
          apiVersion: "rbac.authorization.k8s.io/v1",
          metadata: { name: "prometheus", namespace: "my-team" },
          ...one,
        }))
        .map((one) => stringify(one))
        .join("---\n"),
    },
    says: [],
  },
  "rules that read what is not there": {
    fields: merged("prometheus-rules", "mine.yml"),
    files: rules(
      { alert: "A", expr: "rate(node_cpu_secnds_total[5m]) > 0" },
      { alert: "B", expr: "rate(node_cpu_seconds_total[30s]) > 0" },
      { record: "a:b:c", expr: "etcd_server_has_leader" },
    ),
    says: [
      /unknown metric node_cpu_secnds_total: did you mean node_cpu_seconds_total\?; correct .*mine.yml/,
      /alert B, .*a window of 30s is under four/,
      /unknown metric etcd_server_has_leader: .*off/,
    ],
  },
  "jobs and rules in files with an ending that nothing reads": {
    fields: {
      configMapGenerator: [
        ...merged("prometheus-scrape", "mine.yaml").configMapGenerator,
        ...merged("prometheus-rules", "rules.yaml").configMapGenerator,
      ],
    },
    files: {
      "mine.yaml": stringify({ scrape_configs: [{ job_name: "mine" }] }),
      "rules.yaml": stringify({ groups: [{ name: "mine", rules: [{ record: "a:b", expr: "up" }] }] }),
    },
    says: [/prometheus-scrape: mine.yaml: mounted, and read by neither/, /prometheus-rules: rules.yaml: mounted/],
  },
  "a prometheus.yml without the block of Alertmanagers": {
    fields: merged("prometheus-config", "prometheus.yml"),
    files: { "prometheus.yml": main.replace(/^alerting:\n(?: .*\n)+/m, "") },
    says: [/prometheus.yml: tells no Alertmanager of alerts/],
  },
  "a job that says the namespace of base/ where the overlay has another": {
    fields: { namespace: "mon", ...merged("prometheus-scrape", "mine.yml") },
    files: {
      "mine.yml": stringify({
        scrape_configs: [
          { job_name: "a", static_configs: [{ targets: ["alertmanager.monitoring-system.svc:9093"] }] },
          { job_name: "b", kubernetes_sd_configs: [{ role: "service", namespaces: { names: ["monitoring-system"] } }] },
        ],
      }),
    },
    says: [
      /job a keeps alertmanager.monitoring-system.svc:9093, but/,
      /job b keeps namespace monitoring-system, but/,
      /job b needs what ServiceAccount mon\/prometheus may not do/,
    ],
  },
  "roles of discovery that the bundle does not use": {
    fields: merged("prometheus-scrape", "mine.yml"),
    files: {
      "mine.yml": stringify({
        scrape_configs: [
          { job_name: "a", kubernetes_sd_configs: [{ role: "endpoints", namespaces: { own_namespace: true } }] },
          { job_name: "b", kubernetes_sd_configs: [{ role: "ingress" }] },
        ],
      }),
    },
    says: [/job a needs what .*list endpoints in/, /job b needs what .*list ingresses.networking.k8s.io/],
  },
  "addresses that people open, behind policies": {
    components: ["network-policies"],
    fields: {
      ...merged("alertmanager-config", "alertmanager.yml"),
      patches: [
        {
          patch: stringify({
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "prometheus", namespace: "monitoring-system" },
            spec: { template: { spec: { containers: [{ name: "prometheus", env: [address] }] } } },
          }),
        },
      ],
    },
    files: {
      "alertmanager.yml": stringify({
        route: { receiver: "r" },
        receivers: [
          {
            name: "r",
            slack_configs: [
              { api_url: "https://hooks.example.com/a", channel: "a", title_link: "http://grafana:3000" },
            ],
          },
        ],
      }),
    },
    says: [],
  },
  "a receiver that policies do not let out to": {
    components: ["network-policies"],
    fields: merged("alertmanager-config", "alertmanager.yml"),
    files: {
      "alertmanager.yml": stringify({
        route: { receiver: "r" },
        receivers: [{ name: "r", webhook_configs: [{ url: "http://hook.example.com:8080/" }] }],
      }),
    },
    says: [/alertmanager.yml asks http:\/\/hook.example.com:8080 at port 8080, but no NetworkPolicy lets/],
  },
  "a web configuration that nothing mounts": {
    fields: {
      patches: [json("Deployment", "kube-state-metrics", ["add", `${container}/args/-`, "--tls-config=/nope/web.yml"])],
    },
    says: [/container kube-state-metrics: tls-config is \/nope\/web.yml, where it mounts no file/],
  },
  "an alertmanager.yml with the header of the one that it was copied from": {
    fields: merged("alertmanager-config", "alertmanager.yml"),
    files: {
      "alertmanager.yml": `# Generated by generators/alertmanager/config.ts: edit that.\n${stringify({ route: { receiver: "r" }, receivers: [{ name: "r", webhok_configs: [], emal: [] }] })}`,
    },
    says: [/webhok_configs not found.*emal not found.*; correct .*an-alertmanager.*alertmanager.yml/],
  },
  "files of Alertmanager that nothing mounts": {
    fields: merged("alertmanager-config", "alertmanager.yml"),
    files: {
      "alertmanager.yml": stringify({
        route: { receiver: "r" },
        receivers: [{ name: "r", webhook_configs: [{ url_file: "/secrets/url" }] }],
        templates: ["/templates/*.tmpl"],
      }),
    },
    says: [/url_file \/secrets\/url is not mounted/, /templates .* is no file that the pod mounts/],
  },
  "a downloaded dashboard": {
    components: ["grafana"],
    fields: shown,
    files: dashboard({ datasource: "${DS_PROMETHEUS}" }),
    says: [/names data source \$\{DS_PROMETHEUS\}, .*replace \$\{DS_PROMETHEUS\} by prometheus in .*mine.json/],
  },
  "a dashboard with a uid of ours that asks unknown data sources and what is no PromQL": {
    components: ["grafana"],
    fields: shown,
    files: {
      "mine.json": JSON.stringify({
        uid: "plain-prometheus-node",
        panels: [
          { targets: [{ datasource: { uid: "abc" }, expr: "sum(" }, { datasource: { type: "loki", uid: "logs" } }] },
        ],
      }),
    },
    says: [
      /this is no PromQL/,
      /names data source abc, which is not provisioned \(there: prometheus\)/,
      /names data source logs of type loki, which is not provisioned .*take out what asks it/,
      /has uid plain-prometheus-node, which base\/components\/grafana\/.*node\.json has too/,
    ],
  },
  "a dashboard with a byte order mark": {
    components: ["grafana"],
    fields: shown,
    files: { "mine.json": `\uFEFF${dashboard({})["mine.json"]}` },
    says: [/mine.json: begins with a byte order mark/],
  },
  "a dashboard of other forms than Grafana's": {
    components: ["grafana"],
    fields: shown,
    files: {
      "mine.json": JSON.stringify({ panels: [null, 4, { targets: [null, 3] }], templating: { list: [null, 3] } }),
    },
    says: [],
  },
  "a dashboard that is no JSON": {
    components: ["grafana"],
    fields: shown,
    files: { "mine.json": '{ "panels": [}' },
    says: [/mine.json: is no JSON/],
  },
  "a dashboard that nothing mounts": {
    components: ["grafana"],
    fields: { configMapGenerator: shown.configMapGenerator },
    files: dashboard({}),
    says: [/no volume of Grafana mounts/],
  },
  "native histograms with rules and a dashboard that read them there, or classic ones of others": {
    components: ["grafana", "native-histograms"],
    fields: {
      configMapGenerator: [
        ...merged("prometheus-rules", "mine.yml").configMapGenerator,
        ...merged("prometheus-scrape", "shop.yml").configMapGenerator,
        ...shown.configMapGenerator,
      ],
      patches: shown.patches,
    },
    files: {
      "shop.yml": stringify({
        scrape_configs: [{ job_name: "shop", static_configs: [{ targets: ["shop.example.com:80"] }] }],
      }),
      ...rules(
        { record: "a", expr: "sum(histogram_count(rate(rest_client_request_duration_seconds[5m])))" },
        { record: "b", expr: 'sum(rate(rest_client_request_duration_seconds_count{job="shop"}[5m]))' },
        { record: "c", expr: 'sum(rate(rest_client_request_duration_seconds_count{tier="shop"}[5m]))' },
        { record: "d", expr: "sum(rate(http_request_duration_seconds_bucket[5m]))" },
        { record: "e", expr: "histogram_fraction(-Inf, 0.3, sum(rate(apiserver_request_sli_duration_seconds[5m])))" },
      ),
      ...dashboard({
        title: "Slow",
        targets: [{ expr: "histogram_quantile(0.9, sum by (node) (rate(kubelet_pleg_relist_duration_seconds[5m])))" }],
      }),
    },
    says: [],
  },
  "native histograms with a rule and a dashboard that read buckets": {
    components: ["grafana", "native-histograms"],
    fields: {
      configMapGenerator: [...merged("prometheus-rules", "mine.yml").configMapGenerator, ...shown.configMapGenerator],
      patches: shown.patches,
    },
    files: {
      ...rules(
        { alert: "A", expr: "rate(rest_client_request_duration_seconds_sum[5m]) > 1" },
        { record: "b", expr: 'sum by (le) (rate(kubelet_pleg_relist_duration_seconds_bucket{job="kubelet"}[5m]))' },
      ),
      ...dashboard({
        title: "Slow",
        targets: [{ expr: 'rate(apiserver_request_sli_duration_seconds_bucket{cluster=~"$cluster", le="1"}[5m])' }],
      }),
    },
    says: [
      /mine.yml: alert A reads rest_client_request_duration_seconds_sum, and job kubelet, kubernetes-apiservers keeps rest_client_request_duration_seconds as a native histogram; read .*\(correct .*mine.yml\)/,
      /mine.yml: record b reads kubelet_pleg_relist_duration_seconds_bucket, and job kubelet keeps/,
      /mine.json: panel Slow of dashboard .* reads apiserver_request_sli_duration_seconds_bucket, and job kubernetes-apiservers keeps/,
    ],
  },
  "a job of the bundle that converts without the Component": {
    components: ["grafana"],
    fields: merged("prometheus-scrape", "alertmanager.yml"),
    files: {
      "alertmanager.yml": (await generated("prometheus/scrape/alertmanager.yml")).replace(
        "job_name: alertmanager",
        "job_name: alertmanager\n    convert_classic_histograms_to_nhcb: true",
      ),
    },
    says: [/alertmanager.json: panel Time of a notification .* reads alertmanager_notification_latency_seconds_bucket/],
  },
  "a panel for native histograms where they are classic": {
    components: ["grafana"],
    fields: shown,
    files: dashboard({ title: "Slow", targets: [{ expr: "rate(kubelet_pleg_relist_duration_seconds[5m])" }] }),
    says: [/panel Slow .* keeps kubelet_pleg_relist_duration_seconds as a classic histogram; read .*_bucket/],
  },
  "remote write without a URL": {
    components: ["remote-write"],
    says: [
      /^ConfigMap .*prometheus-config: still says <set the URL of remote-write.*set remoteWrite.url in settings.yaml/,
    ],
  },
  "remote write to the URL of the overlay, behind policies": {
    components: ["prometheus-ha", "network-policies", "remote-write"],
    fields: endpointAt("https://metrics.example.com/api/v1/write"),
    says: [],
  },
  "remote write to another port than that of the settings, behind policies": {
    components: ["network-policies", "remote-write"],
    fields: endpointAt("https://metrics.example.com:8443/api/v1/write"),
    says: [
      /prometheus.yml asks https:.*metrics.example.com:8443 at port 8443, but no NetworkPolicy lets Deployment .* out/,
    ],
  },
  "remote write to a Service that is not there": {
    components: ["remote-write"],
    fields: endpointAt("http://receiver:9090/api/v1/write"),
    says: [/prometheus.yml keeps http:\/\/receiver:9090.*, but this overlay does not render Service/],
  },
  "native histograms that a remote write would lose": {
    components: ["native-histograms"],
    fields: merged("prometheus-config", "prometheus.yml"),
    files: {
      "prometheus.yml": `${main}remote_write:
  - url: https://one.example.com
  - { url: https://two.example.com, protobuf_message: prometheus.WriteRequest, send_native_histograms: true }
  - { url: https://three.example.com, protobuf_message: io.prometheus.write.v2.Request }
  - { url: https://four.example.com, convert_nhcb_to_classic: true }
`,
    },
    says: [
      /remote_write to https:\/\/one.example.com sends the message prometheus.WriteRequest.*; set protobuf_message: io.prometheus.write.v2.Request/,
      /remote_write to https:\/\/two.example.com/,
    ],
  },
  "native histograms with a Prometheus that is too old": {
    components: ["native-histograms"],
    fields: { images: [{ name: "quay.io/prometheus/prometheus", newTag: "v3.7.3" }] },
    says: [/container prometheus runs Prometheus 3.7.3, .*stable from 3.8 on; run 3.8 or newer/],
  },
  "Thanos with Grafana and policies": {
    components: [
      ...["network-policies", "prometheus-ha", "grafana", "grafana-network-policies"],
      ...["thanos", "thanos-network-policies", "native-histograms"],
    ],
    says: [],
  },
  "Thanos without Grafana, behind policies": {
    components: ["network-policies", "thanos", "thanos-network-policies"],
    says: [],
  },
  "two Compactors of Thanos, and histograms that may change their form": {
    components: ["thanos", "native-histograms"],
    fields: {
      ...merged("prometheus-scrape", "kube-state-metrics.yml"),
      patches: [json("StatefulSet", "thanos-compact", ["replace", "/spec/replicas", 2])],
    },
    files: {
      "kube-state-metrics.yml": `${await generated("prometheus/scrape/kube-state-metrics.yml")}    convert_classic_histograms_to_nhcb: true
    scrape_native_histograms: true
`,
    },
    says: [
      /^StatefulSet monitoring-system\/thanos-compact: has replicas: 2, .*two Compactors.*; set replicas to 1/,
      /job kube-state-metrics takes exponential histograms and converts others to custom buckets; .*; keep one of the two/,
    ],
  },
  "a PriorityClass of the cluster's": {
    fields: { patches: [json("Deployment", "prometheus", ["add", "/spec/template/spec/priorityClassName", "high"])] },
    says: [/has PriorityClass high, .*plain-prometheus\/exists: PriorityClass high/],
  },
  "the same, declared": {
    fields: {
      metadata: { name: "mine", annotations: { "plain-prometheus/exists": "PriorityClass high" } },
      patches: [json("Deployment", "prometheus", ["add", "/spec/template/spec/priorityClassName", "high"])],
    },
    says: [],
  },
} satisfies Record<string, Case>);

for (const [name, { components = [], fields = {}, files = {}, says }] of Object.entries(cases)) {
  test(`${name}: ${says.length === 0 ? "right" : "told"}`, async () => {
    const folder = join(scratch, name.replaceAll(/\W+/g, "-"));
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      const whole = text.replaceAll("@", relative(dirname(join(folder, path)), root));
      // A half of a pair of surrogates stands for a byte that UTF-8 does not have.
      await writeFile(join(folder, path), whole === "\uD800" ? Buffer.from([0xff, 0xfe]) : whole);
    };
    for (const [path, text] of Object.entries(files)) await write(path, text);
    const listed = ["insecure-kubelet-tls", ...components].map((one) => `@/base/components/${one}`);
    const kustomization = {
      namespace: "monitoring-system",
      resources: ["@/base"],
      components: "resources" in fields ? [] : listed,
      ...fields,
      ...(Array.isArray(fields.resources) && {
        resources: fields.resources.map((one) => (/^(below|role\.yaml)$/.test(one) ? one : `@/base/${one}`)),
      }),
    };
    await write("kustomization.yaml", stringify(kustomization));
    const findings = [...(await runChecks(await render(folder))).values()].flat();
    const lines = findings.map(({ object, message, fix }) => `${object}: ${message}; ${fix}`);
    for (const pattern of says)
      assert.ok(
        lines.some((line) => pattern.test(line)),
        `${pattern} is not in\n${lines.join("\n")}`,
      );
    for (const line of lines)
      assert.ok(
        says.some((pattern) => pattern.test(line)),
        `not expected: ${line}`,
      );
  });
}

test("what no check can look at is named", async () => {
  const folder = join(scratch, "rules-a-longer-alertmanager-yml-and-a-dashboard-of-one-s-own");
  const rendered = await render(folder);
  const lines = await unlookedAt(rendered, await runChecks(rendered));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /mine\.yml reads my_own_metric, /);
  const discovering = await render(join(scratch, "jobs-that-discover-by-what-the-promtool-here-leaves-out"));
  const fields = (await unlookedAt(discovering, await runChecks(discovering))).map((line) => line.split(" in ")[0]);
  assert.deepEqual(fields, ["consul_sd_configs", "ec2_sd_configs", "gce_sd_configs", "azure_sd_configs"]);
  const native = await render(
    join(scratch, "native-histograms-with-rules-and-a-dashboard-that-read-them-there-or-classic-ones-of-others"),
  );
  const toJudge = (await unlookedAt(native, await runChecks(native))).map((line) => line.split(" judge: ")[1] ?? "");
  for (const pattern of [
    /^mine.yml: record d reads http_request_duration_seconds_bucket, and job \S+ keeps .* native histogram$/,
    /^record e: 0.3 is the bound of no bucket, so that the share is interpolated \(bounds: 0.05, /,
  ])
    assert.ok(
      toJudge.some((line) => pattern.test(line)),
      toJudge.join("\n"),
    );
  const copied = await render(join(scratch, "copies-of-the-bundle-s-own-rules"));
  const excused = (await unlookedAt(copied, await runChecks(copied))).map((line) => line.split(", line ")[0] ?? "");
  assert.ok(
    excused.some((line) => /yours to judge: alert KubeQuotaAlmostFull$/.test(line)),
    excused.join("\n"),
  );
});

test.run();
