import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { served } from "../../../proof/lib/gitops/served.js";
import { applyObjects, type Kubectl } from "../../../scripts/lib/kubectl.js";
import { moduleSource } from "../../../scripts/lib/toolchain/patched-module.js";
import { namespace } from "./layout.js";

const partOf = { "app.kubernetes.io/part-of": "argocd" };

/** The label of the cluster's own entry in Argo CD's list of clusters, for ApplicationSets to choose it by. */
export const clusterLabels = { monitoring: "prod" } as const;

/** Gives the cluster Argo CD's CRDs, as its release ships them, and the least that its programs read. */
export async function install(kubectl: Kubectl): Promise<void> {
  // Too large for the annotation that a client-side apply keeps.
  await kubectl.text(["apply", "--server-side", "--kustomize", await definitions()]);
  await served(kubectl, "argoproj.io/v1alpha1", ["applications", "applicationsets", "appprojects"]);
  const home = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  await applyObjects(kubectl, [home, ...configuration()]);
}

/** Takes away what {@link install} gave, and with the CRDs all Applications; what those made stays. */
export async function uninstall(kubectl: Kubectl): Promise<void> {
  await kubectl.text(["delete", "--ignore-not-found", "--kustomize", await definitions()]);
  await kubectl.text(["delete", "--ignore-not-found", "namespace", namespace]);
}

async function definitions(): Promise<string> {
  return join(await moduleSource("argocd"), "manifests/crds");
}

function configuration(): object[] {
  const configMap = (name: string) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace, labels: partOf },
  });
  return [
    ...["argocd-cm", "argocd-rbac-cm", "argocd-gpg-keys-cm", "argocd-tls-certs-cm"].map(configMap),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "argocd-secret", namespace, labels: partOf },
      stringData: { "server.secretkey": randomBytes(32).toString("base64") },
    },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "own-cluster",
        namespace,
        labels: { "argocd.argoproj.io/secret-type": "cluster", ...clusterLabels },
      },
      stringData: { name: "embedded", server: "https://kubernetes.default.svc", config: "{}" },
    },
    {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "AppProject",
      metadata: { name: "default", namespace },
      spec: {
        sourceRepos: ["*"],
        destinations: [{ namespace: "*", server: "*" }],
        clusterResourceWhitelist: [{ group: "*", kind: "*" }],
      },
    },
  ];
}
