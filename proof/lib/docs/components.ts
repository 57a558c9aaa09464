import { components } from "../../../generators/index.js";
import type { Component } from "../../../generators/lib/base-and-component.js";
import { listedBefore, manyWriters } from "../../../generators/lib/listing.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { projectSettings } from "../../../scripts/lib/settings.js";
import { table } from "../markdown-table.js";
import type { Section } from "./section.js";

const source = "proof/lib/docs/components.ts";

/** Where one reads more about a Component. */
const pages: Readonly<Record<string, string>> = {
  agent: "docs/remote-write.md#an-agent-scrape-and-send-on-and-nothing-else",
  "agent-on-nodes": "docs/remote-write.md#an-agent-on-each-node",
  "alertmanager-webhooks": "docs/secrets.md",
  "annotated-workloads": "docs/your-applications.md#by-annotations",
  "basic-auth": "docs/ways-in.md",
  "blackbox-exporter": "docs/your-applications.md#probes",
  "etcd-client-certificate": "docs/platforms.md",
  gateway: "docs/ways-in.md",
  grafana: "docs/secrets.md",
  ingress: "docs/ways-in.md",
  "kube-state-metrics-shards": "docs/sizing.md",
  lean: "docs/lean.md",
  "namespaced-access": "docs/security.md",
  "native-histograms": "docs/native-histograms.md",
  "remote-write": "docs/remote-write.md",
  thanos: "docs/thanos.md",
  sharded: "docs/sharding.md",
};

/** What each Component says of itself, in Japanese. By the English sentence: where that changes, this has to change too. */
const japanese: Readonly<Record<string, string>> = {
  "Runs three Alertmanagers that tell each other what was sent, on volumes of their own.":
    "それぞれボリュームを持つ 3 つの Alertmanager を動かし、送ったものを互いに知らせ合います。",
  "Tells webhooks; their addresses are in the Secret alertmanager-receivers.":
    "webhook に知らせます。宛先は Secret alertmanager-receivers に置きます。",
  "Scrapes the pods and Services that ask for it by annotations.":
    "アノテーションで求めている Pod と Service から収集します。",
  "Has Prometheus and Alertmanager ask for a name and a password; these are in the Secret prometheus-web.":
    "Prometheus と Alertmanager が名前とパスワードを求めます。どちらも Secret prometheus-web に置きます。",
  "Probes URLs and Services, over HTTP, TCP, TLS and DNS.": "URL や Service を、HTTP、TCP、TLS、DNS でプローブします。",
  "Keeps of each job what some rule, dashboard or setting reads, and scrapes less often.":
    "各ジョブについて、ルール、ダッシュボード、設定のどれかが読むものだけを残し、収集の間隔を長くします。",
  "Runs several kube-state-metrics that share the objects among them, in place of one.":
    "オブジェクトを分担する複数の kube-state-metrics を、1 つの代わりに動かします。",
  "Keeps samples in an object store for years, and answers for all replicas at once; the store is named by the Secret thanos-objstore.":
    "サンプルをオブジェクトストアに何年も残し、全レプリカをまとめて答えます。ストアは Secret thanos-objstore で指定します。",
  "Lets Thanos' connections through where network-policies denies them.":
    "network-policies が拒む Thanos の接続を通します。",
  "Scrapes CoreDNS, the cluster's name server.": "クラスタのネームサーバである CoreDNS から収集します。",
  "Scrapes etcd at its port for metrics.": "etcd のメトリクス用ポートから収集します。",
  "Reads etcd at the port of its clients, with the certificate in the Secret prometheus-etcd-client.":
    "Secret prometheus-etcd-client の証明書を使って、etcd のクライアント用ポートから収集します。",
  "Opens a way in through a Gateway, which the overlay names.":
    "Gateway を通る入口を開きます。どの Gateway かは overlay が決めます。",
  "Runs Grafana with a dashboard for every subject; its password is in the Secret grafana-admin.":
    "テーマごとのダッシュボードを備えた Grafana を動かします。パスワードは Secret grafana-admin に置きます。",
  "Runs a Grafana that everybody may look at, and nobody change.":
    "誰でも閲覧でき、誰も変更できない Grafana を動かします。",
  "Scrapes Grafana itself.": "Grafana 自身から収集します。",
  "Lets Grafana's connections through where network-policies denies them. List it before whatever scrapes more.":
    "network-policies が拒む接続のうち、Grafana のものを通します。収集を増やすものより前に並べます。",
  "Opens a way in through an Ingress, whose host the overlay names.":
    "Ingress を通る入口を開きます。ホスト名は overlay が決めます。",
  "Scrapes scheduler and controller manager without checking their certificates.":
    "スケジューラとコントローラマネージャから、証明書を検証せずに収集します。",
  "Scrapes the paths of kubelet-paths without checking the kubelets' certificates.":
    "kubelet-paths の各パスから、kubelet の証明書を検証せずに収集します。",
  "Scrapes the kubelets without checking their certificates.": "kubelet から、証明書を検証せずに収集します。",
  "Scrapes the controller manager.": "コントローラマネージャから収集します。",
  "Scrapes kube-proxy on every node.": "すべてのノードの kube-proxy から収集します。",
  "Scrapes the scheduler.": "スケジューラから収集します。",
  "Scrapes the kubelets' results of probes, use of resources and health.":
    "kubelet から、プローブの結果、リソースの使用量、健全性を収集します。",
  "Scrapes the API servers' own health checks.": "API サーバ自身のヘルスチェックの結果を収集します。",
  "Gives Prometheus a Role in each namespace in place of a ClusterRole, where that is enough; the overlay lists these from base/access/.":
    "それで足りるところは、Prometheus の ClusterRole の代わりに名前空間ごとの Role にします。overlay がそれらを base/access/ から並べます。",
  "Keeps each histogram in one series, not in one for each bucket; rules and dashboards read it there.":
    "ヒストグラムをバケットごとではなく一つの系列で保存し、ルールとダッシュボードもその形で読みます。",
  "Denies every undeclared connection of the namespace. List it before each Component that adds a job.":
    "宣言されていない名前空間の接続をすべて拒みます。ジョブを加える Component より前に並べます。",
  "Runs several replicas of Prometheus on volumes of their own, in place of one pod.":
    "一つの Pod の代わりに、それぞれボリュームを持つ複数の Prometheus を動かします。",
  "Makes Prometheus an agent: it scrapes and sends samples on, without rules, queries and Alertmanager.":
    "Prometheus を、収集して送るエージェントにします。ルール、クエリ、Alertmanager はありません。",
  "Runs an agent on each node, which scrapes that node alone; the central agent keeps all other targets.":
    "各ノードで、そのノードだけから収集するエージェントを動かします。それ以外の対象は、中央のエージェントが受け持ちます。",
  "Lets the connections of agent-on-nodes through where network-policies denies them.":
    "network-policies が拒む agent-on-nodes の接続を通します。",
  "Sends all samples to a remote write endpoint, whose credentials are in the Secret prometheus-remote-write.":
    "すべてのサンプルをリモート書き込みの宛先に送ります。宛先の認証情報は Secret prometheus-remote-write に置きます。",
  "Shares the targets among several Prometheus; the one in front reads their samples and evaluates every rule.":
    "収集の対象を複数の Prometheus で分担し、手前の Prometheus が全員のサンプルを読み、すべてのルールを評価します。",
};

/** Every Component but those of platforms, which docs/platforms.md tells: what it does, and what has to be listed before it. */
export function componentsSections(
  all: readonly Component[] = components(projectSettings()),
  translations = japanese,
): Section[] {
  const listed = all
    .filter(({ oneOf }) => oneOf !== "platform")
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const section = (
    file: string,
    header: readonly string[],
    about: (one: Component) => string,
    writers: string,
  ): Section => ({
    file,
    name: "components",
    text: table(
      header,
      listed.map((one) => [
        `[\`${one.name}\`](base/components/${one.name})`,
        `${about(one)}${linkFor(one)}`,
        before(one, all, writers),
      ]),
    ),
  });
  const inJapanese = translate(listed, translations);
  return [
    section(
      "README.md",
      ["Component", "What it does", "List it after"],
      ({ about }) => about,
      "every Component that brings or replaces a file which it rewrites",
    ),
    section(
      "README.ja.md",
      ["Component", "すること", "先に並べるもの"],
      inJapanese,
      "これが書き換えるファイルを追加または置換する Component すべて",
    ),
  ];
}

/** What has to be listed before a Component. Those that write what it rewrites are many, and are said in words. */
function before(component: Component, all: readonly Component[], inWords: string): string {
  const writers = manyWriters(component, all);
  const others = listedBefore(component, all).filter((name) => !writers.includes(name));
  return [...others.map(code), ...(writers.length > 0 ? [inWords] : [])].join(", ");
}

function linkFor({ name }: Component): string {
  const page = pages[name];
  return page === undefined ? "" : ` [→ ${page.replace(/#.*/, "")}](${page})`;
}

function code(name: string): string {
  return `\`${name}\``;
}

/** @throws Failure that names the sentence that has no translation, or the translation that has no sentence any more. */
function translate(all: readonly Component[], translations: Readonly<Record<string, string>>) {
  const said = all.map(({ about }) => about);
  const left = Object.keys(translations).find((sentence) => !said.includes(sentence));
  if (left !== undefined) throw new Failure(`${source}: no Component is about "${left}"`, "take its translation out");
  return ({ name, about }: Component): string => {
    const translated = translations[about];
    if (translated !== undefined) return translated;
    throw new Failure(`${source}: Component ${name} has no Japanese for "${about}"`, "add it to the translations");
  };
}
