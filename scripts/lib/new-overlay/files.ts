import { stringify } from "yaml";
import { nodeAgents } from "../../../generators/components/agent-on-nodes.js";
import { projectSettings } from "../settings.js";
import { type Access, accessFor, inOrder, type Offer } from "./components.js";

/** What an overlay is to be. */
export interface Plan {
  /** Its folder below `overlays/`, and what its cluster is called in the label `cluster`. */
  readonly name: string;
  readonly namespace: string;
  /** A namespace of node-exporter's own, so that the other one can be under Pod Security `restricted`. */
  readonly nodeExporterNamespace?: string;
  /** Where Prometheus keeps its samples; absent: on the node, gone with the pod. */
  readonly volume?: {
    /** Absent: that of the cluster's default class. */
    readonly storageClass?: string;
    /** In GiB. */
    readonly size: number;
  };
  /** Names of Components, in any order. */
  readonly components: readonly string[];
}

/** The namespace that everything of `base/` carries, which patches have to name whatever that of the overlay is. */
const baseNamespace = () => projectSettings().namespace;
/** Blocks may take this part of a volume: the log and compactions need the rest. */
const share = 0.84;
/** What the samples may take on the node, in GiB. */
const nodeSize = 10;

type Fields = Readonly<Record<string, unknown>>;
type Patch = Fields & { readonly metadata: Fields & { readonly name: string } };

/**
 * The files of an overlay, by their paths below its folder.
 *
 * @param base - the path of `base/` from that folder.
 */
export function overlayFiles(plan: Plan, offer: Offer, base = "../../base"): ReadonlyMap<string, string> {
  const components = inOrder(plan.components, offer);
  const patches = patchesOf(plan, components);
  const isSplit = plan.nodeExporterNamespace !== undefined || components.includes("namespaced-access");
  return new Map(
    Object.entries({
      ...(isSplit ? split(plan, offer, components, patches, base) : flat(plan, components, patches, base)),
      "names.yaml": ownNames(plan),
    }).map(([path, content]) => [path, textOf(path, content, plan)]),
  );
}

/** All of it in one namespace, in one file. */
function flat(plan: Plan, components: readonly string[], patches: Patches, base: string): Record<string, Fields> {
  return {
    "kustomization.yaml": {
      ...kustomization,
      namespace: plan.namespace,
      resources: [base, ...Object.keys(patches.resources)],
      ...componentsOf(components, base),
      patches: Object.entries(patches.patches).map(listed),
      transformers: ["names.yaml"],
    },
    ...patches.resources,
    ...patches.patches,
  };
}

/** A folder for each namespace, since `namespace:` moves whatever is below it. */
function split(
  { namespace, nodeExporterNamespace }: Plan,
  offer: Offer,
  components: readonly string[],
  patches: Patches,
  above: string,
): Record<string, Fields> {
  const base = `../${above}`;
  const elsewhere = components.includes("namespaced-access") ? accessFor(components, offer) : [];
  const own = offer.core.filter((folder) => nodeExporterNamespace === undefined || folder !== "node-exporter");
  const restricted = nodeExporterNamespace === undefined ? {} : { "pod-security.yaml": podSecurity };
  const below = (folder: string, files: Readonly<Record<string, Fields>>) =>
    Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
  return {
    "kustomization.yaml": {
      ...kustomization,
      resources: [
        namespace,
        ...(nodeExporterNamespace === undefined ? [] : [nodeExporterNamespace]),
        ...elsewhere.map(({ folder }) => folder),
      ],
      transformers: ["names.yaml"],
    },
    [`${namespace}/kustomization.yaml`]: {
      ...kustomization,
      namespace,
      resources: [...own.map((folder) => `${base}/${folder}`), ...Object.keys(patches.resources)],
      ...componentsOf(components, base),
      patches: Object.entries({ ...restricted, ...patches.patches }).map(listed),
    },
    ...below(namespace, { ...restricted, ...patches.resources, ...patches.patches }),
    ...(nodeExporterNamespace !== undefined && {
      [`${nodeExporterNamespace}/kustomization.yaml`]: {
        ...kustomization,
        namespace: nodeExporterNamespace,
        resources: [`${base}/namespace`, `${base}/node-exporter`],
      },
    }),
    ...Object.fromEntries(
      elsewhere.flatMap(({ folder, binding }) => [
        [
          `${folder}/kustomization.yaml`,
          { ...kustomization, resources: [`${base}/access/${folder}`], patches: [{ path: "subject.yaml" }] },
        ],
        [`${folder}/subject.yaml`, subject(binding, namespace)],
      ]),
    ),
  };
}

/** Stands for all shards in the name of a patch: their number is a setting. */
const everyShard = "prometheus-shard";

function listed([path, { kind, metadata }]: [string, Patch]): Fields {
  return { path, ...(metadata.name === everyShard && { target: { kind, name: `${everyShard}-.*` } }) };
}

interface Patches {
  readonly resources: Readonly<Record<string, Fields>>;
  readonly patches: Readonly<Record<string, Patch>>;
}

function patchesOf({ name, volume }: Plan, components: readonly string[]): Patches {
  const { thanos } = projectSettings();
  const isStateful = components.includes("prometheus-ha");
  const size = Math.floor((volume?.size ?? nodeSize) * share);
  const env = [
    { name: "RETENTION_TIME", value: "15d" },
    { name: "RETENTION_SIZE", value: `${size}GB` },
    { name: "CLUSTER", value: name },
  ];
  const data = {
    name: "data",
    // The key of what was there has to go: a volume is of one kind.
    ...(volume === undefined
      ? { emptyDir: { sizeLimit: `${nodeSize}Gi` } }
      : { emptyDir: null, persistentVolumeClaim: { claimName: "prometheus" } }),
  };
  const pod = { containers: [{ name: "prometheus", env }], ...(!isStateful && { volumes: [data] }) };
  const retention = workload(isStateful ? "StatefulSet" : "Deployment", "prometheus", { template: { spec: pod } });
  const cluster = { containers: [{ name: "prometheus", env: env.filter((one) => one.name === "CLUSTER") }] };
  const patches = {
    "retention.yaml": retention,
    ...(components.includes("agent-on-nodes") && {
      "agents.yaml": workload("DaemonSet", nodeAgents, { template: { spec: cluster } }),
    }),
  };
  if (volume === undefined) return { resources: {}, patches };
  const claim = (storage: string) => ({
    accessModes: ["ReadWriteOnce"],
    ...(volume.storageClass !== undefined && { storageClassName: volume.storageClass }),
    resources: { requests: { storage } },
  });
  const template = (storage: string) => ({
    // The API server adds version and kind: without them, what is live would differ for ever.
    volumeClaimTemplates: [
      { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data" }, spec: claim(storage) },
    ],
  });
  const whole = volume.size % 1024 === 0 ? `${volume.size / 1024}Ti` : `${volume.size}Gi`;
  const others = [
    { component: "alertmanager-ha", name: "alertmanager", size: "1Gi" },
    { component: "thanos", name: "thanos-compact", size: thanos.compactorVolumeSize },
  ];
  const metadata = { name: "prometheus", namespace: baseNamespace() };
  return {
    resources: isStateful
      ? {}
      : { "volume.yaml": { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata, spec: claim(whole) } },
    patches: {
      ...patches,
      ...(isStateful && { "storage.yaml": workload("StatefulSet", "prometheus", template(whole)) }),
      ...(components.includes("sharded") && {
        "shards-retention.yaml": workload("StatefulSet", everyShard, {
          template: { spec: { containers: pod.containers } },
        }),
        "shards-storage.yaml": workload("StatefulSet", everyShard, template(whole)),
      }),
      // Without a class of their own they take the cluster's by themselves.
      ...Object.fromEntries(
        others
          .filter(({ component }) => components.includes(component) && volume.storageClass !== undefined)
          .map(({ name, size }) => [`${name}-storage.yaml`, workload("StatefulSet", name, template(size))]),
      ),
    },
  };
}

/** A prefix for what is outside of its own namespace: another overlay of the same cluster has such objects too. */
function ownNames({ name }: Plan): Fields {
  return {
    apiVersion: "builtin",
    kind: "PrefixTransformer",
    metadata: { name: "names" },
    prefix: `${name}-`,
    fieldSpecs: ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "PriorityClass"].map((kind) => ({
      path: "metadata/name",
      kind,
    })),
  };
}

const kustomization = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };

function componentsOf(components: readonly string[], base: string): Fields {
  return components.length === 0 ? {} : { components: components.map((name) => `${base}/components/${name}`) };
}

function workload(kind: "DaemonSet" | "Deployment" | "StatefulSet", name: string, spec: Fields): Patch {
  return { apiVersion: "apps/v1", kind, metadata: { name, namespace: baseNamespace() }, spec };
}

/** Kustomize renames a subject together with its account only, and that is in another folder. */
function subject(metadata: Access["binding"], namespace: string): Fields {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata,
    subjects: [{ kind: "ServiceAccount", name: "prometheus", namespace }],
  };
}

const podSecurity = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name: baseNamespace(),
    labels: Object.fromEntries(
      ["enforce", "warn", "audit"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]),
    ),
  },
};

const whyBaseNamespace = () =>
  `# Patches name ${baseNamespace()}: the namespace of base/, whatever that of the overlay is.\n`;

function textOf(path: string, content: Fields, { name }: Plan): string {
  const comment =
    path === "kustomization.yaml" ? `# ${name}: npm run new-overlay began it, and from here on it is yours.\n` : "";
  const text = stringify(content, { compat: "yaml-1.1", lineWidth: 0 });
  const isOfNamespace = content.kind === "Kustomization" && "namespace" in content;
  return `${comment}${isOfNamespace ? text.replace(/^patches:/m, `${whyBaseNamespace()}$&`) : text}`;
}
