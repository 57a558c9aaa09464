import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../../scripts/lib/project.js";
import { type FamilyName, families, family } from "../../../scripts/lib/toolchain/families.js";
import { pinnedVersion, releaseOf } from "../../../scripts/lib/toolchain/versions.js";
import { table } from "../markdown-table.js";
import type { Section } from "./section.js";

const file = "tools/README.md";

/** Why the programs of a family are built, and who runs them. */
const reasons: Readonly<Record<FamilyName, readonly [why: string, users: string]>> = {
  kubernetes: ["the embedded cluster is a real Kubernetes", "`up`, `npm test`; kubectl where PATH has none"],
  "kubernetes-1.34": ["the oldest API server that the overlays are for has its say about them", "`npm test`"],
  etcd: ["the API servers keep their objects in it", "`up`, `npm test`"],
  containerd: ["the kubelets of the embedded cluster run containers by it", "`up`, `npm test`"],
  prometheus: ["the image of the embedded cluster, and Prometheus without a cluster", "`up`, `poc`, `npm test`"],
  promtool: ["reads configuration and rules as Prometheus does", "`build`, `npm test`"],
  "node-exporter": [
    "the image of the embedded cluster, and node-exporter without a cluster",
    "`up`, `poc`, `npm test`",
  ],
  "kube-state-metrics": ["the image of the embedded cluster", "`up`, `npm test`"],
  alertmanager: [
    "the image of the embedded cluster; amtool reads configuration as Alertmanager does",
    "`up`, `build`, `npm test`",
  ],
  "blackbox-exporter": ["the image of the embedded cluster", "`up`, `npm test`"],
  coredns: ["the DNS server of the embedded cluster", "`up`, `npm test`"],
  "kube-network-policies": [
    "the embedded cluster enforces the NetworkPolicies of an overlay that has any",
    "`up`, `npm test`",
  ],
  kustomize: ["standalone Kustomize and kubectl must give the same objects; the plugin needs it", "`npm test`"],
  kubeconform: ["checks objects against Kubernetes' schemas", "`build`, `npm test`"],
  "kube-score": ["has an opinion about every object, see docs/decisions.md", "`npm test`"],
  thanos: ["the image of the embedded cluster, where an overlay lists `components/thanos`", "`up`, `npm test`"],
  versitygw: ["an object store for Thanos: S3 over a folder", "`npm test`"],
  argocd: ["syncs the overlays from Git", "`npm test`"],
  "kustomize-controller": ["syncs the overlays from Git as Flux does", "`prove-flux`"],
  "source-controller": ["fetches the repository for it", "`prove-flux`"],
  kwok: ["plays nodes and pods by the hundred", "`bench:scale`"],
  "node-player": ["plays what those nodes expose", "`bench:scale`"],
  pause: ["holds the namespaces of a pod", "`up`, `npm test`"],
};

/** Every program that is built from source: from what, in which version, why, and for whom. */
export async function programsSection(): Promise<Section> {
  const rows = (Object.keys(families) as FamilyName[]).map(async (name) => {
    const { folder, module, tools } = family(name);
    const [why, users] = reasons[name];
    const pin = module === undefined ? "our own" : await pinnedVersion(name);
    return [Object.keys(tools).join(", "), `[${pin}](${folder}/go.mod)`, why, users];
  });
  const text = table(["Program", "Pin", "Built because", "Run by"], await Promise.all(rows));
  return { file, name: "programs", text };
}

/** The pins of which nothing is built: `npm run build` makes schemas of files in their modules. */
export async function schemasSection(): Promise<Section> {
  const rows = (await schemaFolders()).map(async (folder) => {
    const text = await readFile(join(root, "tools", folder, "go.mod"), "utf8");
    const modules = [...text.matchAll(/^(?:require|\t) ?(\S+) (v\S+)/gm)];
    return [
      `[${folder}](${folder}/go.mod)`,
      modules.map(([, module = "", version = ""]) => `${module} ${releaseOf(module, version)}`).join(", "),
    ];
  });
  return { file, name: "schemas", text: table(["Folder", "Schemas of"], await Promise.all(rows)) };
}

async function schemaFolders(): Promise<string[]> {
  const built: readonly string[] = Object.values(families).map(({ folder }) => folder);
  const entries = await readdir(join(root, "tools"), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !built.includes(entry.name)).map(({ name }) => name);
}
