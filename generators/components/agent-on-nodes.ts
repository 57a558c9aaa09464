import { DaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { IServiceSpec } from "kubernetes-models/v1/ServiceSpec";
import type { KubernetesSdConfig, ScrapeConfig, ScrapeJob } from "../../metrics/scrape-job.js";
import { answersTo } from "../derive/access.js";
import { type Edge, edges } from "../derive/edges.js";
import type { Base, Component, ConfigFile } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { clusterScopedName } from "../lib/cluster-scoped-name.js";
import { explained } from "../lib/explained.js";
import { kubeletPort } from "../lib/kubelet-port.js";
import { labels, selector } from "../lib/labels.js";
import { mounted } from "../lib/mounts.js";
import { onEveryMachine } from "../lib/on-every-machine.js";
import { pulled } from "../lib/placed.js";
import { restrictedContainer } from "../lib/security.js";
import { virtualNodes } from "../lib/virtual-nodes.js";
import { clusterRole } from "../prometheus/access.js";
import { config } from "../prometheus/config.js";
import { paths } from "../prometheus/paths.js";
import { argumentsOf, configMaps, pod, port } from "../prometheus/pod.js";
import { metaLabel } from "../prometheus/scrape/machines.js";
import { everyJob } from "../prometheus/scrape/optional.js";
import { prometheusItself } from "../prometheus/scrape/prometheus.js";
import { milliseconds, type Settings } from "../settings/index.js";
import { images, reference } from "../versions.js";
import { agentStorage, truncation } from "./agent.js";
import { openings } from "./job.js";
import { policiesOf } from "./network-policies.js";
import { edgesTo, noUrl, secretMount, sending } from "./remote-write.js";
import { fileOf, moreOfPrometheus, type Place, rewritesAt, type Written, writtenJobs } from "./written-jobs.js";

const source = "generators/components/agent-on-nodes.ts";
/** Name of the DaemonSet, and of its pods by their label. */
export const nodeAgents = "prometheus-node";
const name = nodeAgents;
const ofAgents = labels(name, "agent");

/** ConfigMap with the main configuration of every agent. */
const nodeConfig = "prometheus-node-config";

/** ConfigMap with the jobs, as the agents have them. */
const nodeScrape = `${configMaps.scrape}-node`;

/** The file that tells an agent of its node. */
const self = `${paths.node}/self.yml`;

/** The node as discovery of role `node` would tell it. In a shell, where `$host` has brackets around an IPv6 address. */
const target = {
  targets: [`$host:${kubeletPort}`],
  labels: {
    instance: "$NODE_NAME",
    __meta_kubernetes_node_name: "$NODE_NAME",
    __meta_kubernetes_node_address_InternalIP: "$HOST_IP",
    [metaLabel("kubernetes.io/os")]: "linux",
  },
};

/**
 * An agent on each Linux node, which scrapes its own node alone. The agent that there is without it keeps all other targets,
 * also nodes on which no such pod can run.
 *
 * @param bases - those whose jobs are shared out; jobs of a user's own are none of them
 * @param others - Components that bring or replace jobs
 */
export function agentOnNodes(settings: Settings, bases: readonly Base[], others: readonly Component[]): Component {
  const { namespace, remoteWrite } = settings;
  const metadata = { name, namespace, labels: ofAgents };
  const jobs = jobsOfNodes(settings);
  const written = writtenJobs(bases, others);
  const files = jobs.map(fileOf);
  const { global, scrape_config_files } = config(settings);
  const { replica: _, ...external_labels } = global.external_labels ?? {};
  return {
    name: "agent-on-nodes",
    source,
    about: "Runs an agent on each node, which scrapes that node alone; the central agent keeps all other targets.",
    needs: ["agent"],
    after: ["lean", "native-histograms"],
    excludes: { "basic-auth": "the agents of the nodes ask nobody for a password" },
    ...(remoteWrite.url === undefined && { blanks: { [noUrl]: "docs/remote-write.md" } }),
    objects: [
      new ServiceAccount({ metadata, automountServiceAccountToken: false }),
      ...clusterRole(
        clusterScopedName(name),
        jobs.flatMap((job) => answersTo(job.config)),
        { name, namespace },
      ),
      new ConfigMap({ metadata: { ...metadata, name: nodeScrape } }),
      explained(DaemonSet, {
        metadata,
        spec: {
          selector: { matchLabels: selector(name) },
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%" } },
          template: podOf(settings, jobs),
        },
      }),
      explained(Service, {
        // By this label the job prometheus finds it.
        metadata: { ...metadata, labels: labels("prometheus", "agent") },
        spec: because<IServiceSpec>(
          {
            clusterIP: "None",
            selector: selector(name),
            ports: [{ name: port.name, port: port.number, targetPort: port.name }],
          },
          { clusterIP: "Nobody asks any of them: by this Service the job prometheus finds them all." },
        ),
      }),
    ],
    configMaps: [
      {
        name: nodeConfig,
        namespace,
        labels: ofAgents,
        folder: "",
        files: [
          {
            name: "prometheus.yml",
            about: "Of every agent on a node.",
            source,
            content: {
              global: {
                ...global,
                external_labels: because(external_labels, {
                  cluster:
                    "Without a label replica: an endpoint that takes the samples of one replica alone would drop those of every node but one.",
                }),
              },
              scrape_config_files,
            },
          },
        ],
      },
    ],
    rewrites: [
      sending({ ...settings, remoteWrite: { ...remoteWrite, connections: 1 } }, source, nodeConfig),
      ...rewritesAt(written, (one) => (files.includes(one.file) ? byFile(one) : []), nodeScrape),
      ...rewritesAt(written, (one) => (files.includes(one.file) ? elsewhere(one) : [])),
      ...moreOfPrometheus(written, source, settings.cluster.maxNodes),
    ],
  };
}

/** Lets the connections of `agent-on-nodes` through where `network-policies` denies them. */
export function agentOnNodesNetworkPolicies(settings: Settings): Component {
  const found: Base = { name, source, objects: [] };
  const purpose = { job: prometheusItself().config.job_name };
  const scraped: Edge = {
    from: { base: "prometheus" },
    to: { base: name },
    ports: [{ protocol: "TCP", port: port.number }],
    purpose,
  };
  const needed = [
    scraped,
    ...edges(
      [],
      // They find their node without the API server.
      jobsOfNodes(settings).map(({ config: { kubernetes_sd_configs: _, ...config }, ...job }) => ({ ...job, config })),
      name,
    ),
    ...edgesTo(settings.remoteWrite.url, name),
  ];
  return {
    name: "agent-on-nodes-network-policies",
    source,
    about: "Lets the connections of agent-on-nodes through where network-policies denies them.",
    with: ["agent-on-nodes", "network-policies"],
    needs: ["network-policies", "agent-on-nodes"],
    objects: policiesOf([found], needed, settings.namespace, (base) => base),
    // The way into their pods is in the policy that comes with it.
    patches: openings([scraped]).filter((patch) => patch.target.name === "prometheus"),
  };
}

/** Jobs that ask each node, and read no more of it than its own pods know. */
export function jobsOfNodes(settings: Settings): readonly ScrapeJob[] {
  return everyJob(settings).filter(({ config }) => isOfNodes(config));
}

function isOfNodes({ kubernetes_sd_configs = [], relabel_configs = [] }: ScrapeConfig): boolean {
  // Where a DaemonSet has a pod, a node has none of those labels.
  const known = [...Object.keys(target.labels), ...Object.keys(virtualNodes).map(metaLabel)];
  const read = relabel_configs.flatMap((step) => ("source_labels" in step ? step.source_labels : []));
  return (
    kubernetes_sd_configs.length > 0 &&
    kubernetes_sd_configs.every(({ role }) => role === "node") &&
    read.every((label) => !label.startsWith("__meta_") || known.includes(label))
  );
}

/** The lines by which the jobs of a file find nodes, and what comes in their place; the last first. */
function discovery(
  { file, jobs, text }: Written,
  replaced: { readonly field?: ConfigFile; readonly role: ConfigFile },
) {
  const lines = text.split("\n");
  const found = lines.flatMap((line, index) => (line === "    kubernetes_sd_configs:" ? [index] : []));
  if (found.length !== jobs.length || found.some((index) => lines[index + 1] !== "      - role: node"))
    throw new Error(`${source}: ${file} does not find its targets by role node in two lines of its own`);
  const { field, role } = replaced;
  return found
    .flatMap((line): Place[] => [...(field ? [{ line, text: field }] : []), { line: line + 1, text: role }])
    .reverse();
}

/** In the agent of a node, a job reads of the file who that node is. */
function byFile(one: Written): Place[] {
  return discovery(one, {
    field: {
      name: "self.yml",
      about: "The agent's own node, as the container before it wrote it down.",
      source,
      content: { file_sd_configs: [{ files: [self] }] },
      indent: 4,
    },
    role: { name: "no-role.yml", about: "So it asks no API server for nodes.", source, content: undefined, indent: 4 },
  });
}

/** The central agent has nodes on which no pod of the DaemonSet can run. */
function elsewhere(one: Written): Place[] {
  const content: KubernetesSdConfig[] = [
    { role: "node", selectors: [{ role: "node", label: "kubernetes.io/os!=linux" }] },
  ];
  const about = "Linux nodes have an agent of their own.";
  return discovery(one, { role: { name: "elsewhere.yml", about, source, content, indent: 6 } });
}

function podOf(settings: Settings, jobs: readonly ScrapeJob[]): IPodTemplateSpec {
  const { container, volumes } = secretMount(settings);
  const { metadata, spec } = pod(settings, {
    data: { emptyDir: { sizeLimit: roomFor(settings, jobs) } },
    reads: { config: nodeConfig, scrape: nodeScrape },
    labels: ofAgents,
  });
  const own = mounted([{ volume: { name: "node", emptyDir: {} }, path: paths.node, options: { readOnly: true } }]);
  const items = jobs.map(fileOf).map((file) => ({ key: file, path: file }));
  const { nodeSelector: _, tolerations: __, ...anywhere } = spec;
  return {
    metadata,
    spec: because(
      {
        ...anywhere,
        serviceAccountName: name,
        ...pulled(settings),
        ...onEveryMachine,
        terminationGracePeriodSeconds: 90,
        initContainers: [writingDown(settings)],
        containers: spec.containers.map((one) => ({
          ...one,
          args: argumentsOf(agentStorage),
          env: [
            { name: "CLUSTER", value: settings.cluster.name },
            truncation(settings),
            ...(one.env ?? []).filter((variable) => !variable.name.startsWith("RETENTION_")),
          ],
          resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
          volumeMounts: [...(one.volumeMounts ?? []), ...own.volumeMounts, ...(container.volumeMounts ?? [])],
        })),
        volumes: [
          ...(spec.volumes ?? []).map((volume) => {
            if (volume.configMap?.name !== nodeScrape) return volume;
            const configMap = because(
              { ...volume.configMap, items, optional: true },
              { items: "Jobs of nodes alone, those of them that the overlay has." },
            );
            return { ...volume, configMap };
          }),
          ...own.volumes,
          ...volumes,
        ],
      },
      {
        automountServiceAccountToken: "It shows the token to the kubelet. Of the API server it asks nothing.",
        terminationGracePeriodSeconds: "On SIGTERM an agent sends what waits, for a minute at most.",
      },
    ),
  };
}

/** Tells the agent which node it is on: its configuration knows no variables, and the API server need not be asked. */
function writingDown(settings: Settings): IContainer {
  // YAML takes either quotes, and in a shell these keep their meaning.
  const text = JSON.stringify([target]).replaceAll('"', "'");
  const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
  return because(
    {
      name: "node",
      image: reference(images.prometheus, settings),
      command: ["/bin/sh", "-c"],
      args: [
        [
          'case "$HOST_IP" in *:*) host="[$HOST_IP]" ;; *) host="$HOST_IP" ;; esac',
          `echo "${text}" > ${self}`,
          "",
        ].join("\n"),
      ],
      env: [
        { name: "NODE_NAME", ...field("spec.nodeName") },
        { name: "HOST_IP", ...field("status.hostIP") },
      ],
      resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "32Mi" } },
      securityContext: restrictedContainer,
      volumeMounts: [{ name: "node", mountPath: paths.node }],
    },
    {
      args: "Name and address of a node stay the same for as long as a pod lives, so they are written down once.",
    },
  );
}

/** As much as the limits of the jobs let through, at 7 bytes a sample, for five times as long as an endpoint may be away. */
function roomFor({ scrape, remoteWrite }: Settings, jobs: readonly ScrapeJob[]): string {
  const samples = jobs.reduce((sum, { config }) => sum + (config.sample_limit ?? 0), 0);
  const scrapes = (5 * milliseconds(remoteWrite.bufferTime)) / milliseconds(scrape.interval);
  return `${Math.ceil((7 * samples * scrapes) / 2 ** 30)}Gi`;
}
