import { applyObjects, type Kubectl } from "../kubectl.js";
import { dnsReference } from "./images.js";
import type { Network } from "./layout.js";

const namespace = "kube-system";
const labels = { "k8s-app": "kube-dns" };

/** There is no forward: the cluster resolves its own names, and leaves the machine's resolver alone. */
const corefile = `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    prometheus :9153
    cache 30
    loadbalance
}
`;

/**
 * Gives the cluster its DNS, under the names that Kubernetes' installers use, and waits until it answers.
 * Source: https://github.com/kubernetes/dns/blob/master/docs/specification.md
 */
export async function applyDns(kubectl: Kubectl, { dnsService }: Network): Promise<void> {
  await applyObjects(kubectl, [...access(), ...server(dnsService)]);
  await kubectl.text(["rollout", "status", "deployment/coredns", "--namespace", namespace, "--timeout=120s"]);
}

function access(): object[] {
  const watched = ["list", "watch"];
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "coredns", namespace } },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "system:coredns" },
      rules: [
        { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: watched },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: watched },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "system:coredns" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
      subjects: [{ kind: "ServiceAccount", name: "coredns", namespace }],
    },
  ];
}

function server(clusterIP: string): object[] {
  const probe = (path: string, port: number) => ({ httpGet: { path, port }, periodSeconds: 2 });
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "coredns", namespace }, data: { Corefile: corefile } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "coredns", namespace, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "coredns",
            priorityClassName: "system-cluster-critical",
            // Its own resolver is itself, and it has no name to look up.
            dnsPolicy: "Default",
            containers: [
              {
                name: "coredns",
                image: dnsReference,
                args: ["-conf", "/etc/coredns/Corefile"],
                ports: [
                  { name: "dns", containerPort: 53, protocol: "UDP" },
                  { name: "dns-tcp", containerPort: 53 },
                  { name: "metrics", containerPort: 9153 },
                ],
                readinessProbe: probe("/ready", 8181),
                livenessProbe: probe("/health", 8080),
                resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "170Mi" } },
                securityContext: {
                  runAsNonRoot: true,
                  runAsUser: 65532,
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
                volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
              },
            ],
            volumes: [{ name: "config", configMap: { name: "coredns" } }],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace, labels: { ...labels, "kubernetes.io/name": "CoreDNS" } },
      spec: {
        selector: labels,
        clusterIP,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53 },
          { name: "metrics", port: 9153 },
        ],
      },
    },
  ];
}
