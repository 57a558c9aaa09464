import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import type { IDeploymentSpec } from "kubernetes-models/apps/v1/DeploymentSpec";
import { ClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole";
import { ClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding";
import type { IEnvVar } from "kubernetes-models/v1/EnvVar";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { Base } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { clusterScopedName } from "../lib/cluster-scoped-name.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { placed } from "../lib/placed.js";
import { restrictedContainer, restrictedPod } from "../lib/security.js";
import type { Settings } from "../settings/index.js";
import { images, reference } from "../versions.js";
import { resourcesFlag, rules } from "./resources.js";

const name = "kube-state-metrics";
/** Name of its ClusterRole. */
export const clusterRole = clusterScopedName(name);
const ports = { http: 8080, telemetry: 8081 };

/** The variable of the regular expression that the names of metrics match which it gives. */
export const allowlistVariable = "METRIC_ALLOWLIST";

/** Variables of which shard it is, from 0, and of how many. */
const shardVariables = { shard: "SHARD", all: "TOTAL_SHARDS" } as const;

/**
 * What kube-state-metrics is started with.
 *
 * @param wanted - the value of its flag `--resources`
 */
export function kubeStateMetricsArguments(wanted: string): string[] {
  return [
    `--port=${ports.http}`,
    `--telemetry-port=${ports.telemetry}`,
    `--resources=${wanted}`,
    "--metric-labels-allowlist=persistentvolumeclaims=[excluded_from_alerts]",
    `--metric-allowlist=$(${allowlistVariable})`,
    `--shard=$(${shardVariables.shard})`,
    `--total-shards=$(${shardVariables.all})`,
  ];
}

/** The state of Kubernetes objects as series: one watcher for the whole cluster. */
export function kubeStateMetrics(settings: Settings): Base {
  const { namespace } = settings;
  const common = labels(name, "exporter");
  const metadata = { name, namespace, labels: common };
  const clusterWide = { name: clusterRole, labels: common };
  return {
    name,
    about: "kube-state-metrics: the state of Kubernetes' objects as metrics.",
    source: "generators/kube-state-metrics/index.ts",
    calls: ["api servers"],
    objects: [
      new ServiceAccount({ metadata, automountServiceAccountToken: false }),
      explained(
        ClusterRole,
        because(
          { metadata: clusterWide, rules: rules() },
          {
            rules: "Secrets and ConfigMaps are left out on purpose: to read them would be to read every password.",
          },
        ),
      ),
      new ClusterRoleBinding({
        metadata: clusterWide,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterWide.name },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
      }),
      explained(Deployment, {
        metadata,
        spec: because<IDeploymentSpec>(
          {
            replicas: 1,
            strategy: { type: "Recreate" },
            selector: { matchLabels: selector(name) },
            template: pod(settings, { shard: { value: "0" }, all: 1 }),
          },
          { strategy: "Two at once would give every series twice." },
        ),
      }),
      new Service({
        metadata,
        spec: {
          clusterIP: "None",
          selector: selector(name),
          ports: Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: name })),
        },
      }),
    ],
  };
}

/** Which share of the objects a pod reports. */
interface Share {
  /** Its number among all, from 0. */
  readonly shard: Omit<IEnvVar, "name">;
  readonly all: number;
}

/** kube-state-metrics' pod. */
export function pod(settings: Settings, { shard, all }: Share): IPodTemplateSpec {
  return {
    metadata: { labels: labels(name, "exporter") },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: true,
      ...placed(settings),
      securityContext: restrictedPod,
      containers: [
        because(
          {
            name,
            image: reference(images.kubeStateMetrics, settings),
            args: kubeStateMetricsArguments(resourcesFlag()),
            env: [
              { name: allowlistVariable },
              { name: shardVariables.shard, ...shard },
              { name: shardVariables.all, value: `${all}` },
            ],
            ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
            readinessProbe: { httpGet: { path: "/readyz", port: "telemetry" } },
            livenessProbe: {
              httpGet: { path: "/healthz", port: "http" },
              periodSeconds: 30,
              timeoutSeconds: 5,
            },
            resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "512Mi" } },
            securityContext: restrictedContainer,
          },
          {
            args: "excluded_from_alerts is the one label that alerts read: of claims that are meant to be full.",
            env: "Without a value it gives all that there is. An empty one the API server would drop, and each apply bring back.",
            livenessProbe: "Not /livez, which asks the API server: its outage must not restart what reports on it.",
          },
        ),
      ],
    },
  };
}
