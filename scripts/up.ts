import { parseArgs } from "node:util";
import { apply } from "./lib/apply.js";
import { cluster, imageSources, type KubeletTls } from "./lib/cluster/index.js";
import { kubeconfigFile } from "./lib/cluster/layout.js";
import { Failure, run } from "./lib/failure.js";
import { type Kubectl, namedCluster } from "./lib/kubectl.js";
import { render } from "./lib/render.js";
import { ofKind, type Rendered } from "./lib/rendered/objects.js";
import { table, verify } from "./lib/verify/index.js";
import { waitingLine } from "./lib/verify/waiting-line.js";

const usage =
  "npm run up -- [--overlay overlays/devbox] [--context NAME | --kubelet-tls self-signed|cluster-ca --nodes 1|2]";

/**
 * `npm run up`: starts the embedded cluster, or takes the one that the user names; applies an overlay to it and
 * verifies it. Exits with 0 only when every target of every job is up.
 */
await run(async () => {
  const { overlay, context, kubeletTls, nodes } = options();
  // Before anything is started: an overlay that does not build is no reason to wait for a cluster.
  const rendered = await render(overlay);
  const kubectl =
    context === undefined
      ? (await cluster.start({ kubeletTls, nodes, images: imageSources })).kubectl
      : await namedCluster(context);
  await apply(rendered, kubectl);
  const line = waitingLine();
  const waiting = { waitMilliseconds: 180_000, onWaiting: line.show };
  const report = await verify({ overlay, kubectl, ...waiting }).finally(line.clear);
  console.log(table(report));
  console.log(await whereabouts(rendered, kubectl, context));
  process.exitCode = report.ok ? 0 : 1;
});

function options() {
  const { overlay, context, ...values } = read();
  const kubeletTls = values["kubelet-tls"] ?? "self-signed";
  const nodes = values.nodes ?? "1";
  if (kubeletTls !== "self-signed" && kubeletTls !== "cluster-ca") {
    throw new Failure(`--kubelet-tls is ${JSON.stringify(kubeletTls)}`, "self-signed or cluster-ca");
  }
  if (nodes !== "1" && nodes !== "2") throw new Failure(`--nodes is ${JSON.stringify(nodes)}`, "1 or 2");
  if (context !== undefined && (values["kubelet-tls"] ?? values.nodes) !== undefined) {
    throw new Failure("--kubelet-tls and --nodes shape the embedded cluster, and --context names another", usage);
  }
  return { overlay, context, kubeletTls: kubeletTls satisfies KubeletTls, nodes: nodes === "1" ? 1 : 2 } as const;
}

function read() {
  try {
    return parseArgs({
      options: {
        overlay: { type: "string", default: "overlays/devbox" },
        context: { type: "string" },
        "kubelet-tls": { type: "string" },
        nodes: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new Failure((error as Error).message, usage);
  }
}

/** Where Prometheus is: the embedded cluster's Services are reachable from this machine, another's are not. */
async function whereabouts({ objects }: Rendered, kubectl: Kubectl, context: string | undefined): Promise<string> {
  const service = ofKind(objects, "v1/Service").find(({ metadata }) => metadata.name === "prometheus");
  if (service === undefined) return "the overlay has no Service prometheus";
  const namespace = ["--namespace", service.metadata.namespace ?? "default"];
  if (context !== undefined) {
    const forward = ["kubectl", ...kubectl.flags, ...namespace, "port-forward", "service/prometheus", "9090"].join(" ");
    return `Prometheus: ${forward}, then http://localhost:9090`;
  }
  const live = await kubectl.json<{ spec: { clusterIP: string } }>(["get", "service", "prometheus", ...namespace]);
  const address = `http://${live.spec.clusterIP}:${service.spec?.ports?.[0]?.port ?? 9090}`;
  return `Prometheus: ${address}
kubectl:    export KUBECONFIG=${kubeconfigFile}`;
}
