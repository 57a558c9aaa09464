import { platforms } from "../../../generators/platforms/index.js";
import { platformJobs } from "../../../generators/platforms/types.js";
import type { Rendered } from "../rendered/objects.js";
import { workloadsOf } from "../rendered/workloads.js";
import type { Plan } from "./files.js";

/** What has to be done before an overlay is applied, or soon after: a line for each thing. */
export function beforeApplying(
  plan: Plan,
  components: readonly string[],
  rendered: Pick<Rendered, "objects">,
): readonly string[] {
  return [
    ...(components.includes("insecure-kubelet-tls")
      ? []
      : [
          "kubelets need certificates of the cluster's CA: serverTLSBootstrap: true in their configuration, then kubectl get csr and " +
            "kubectl certificate approve; or list base/components/insecure-kubelet-tls",
        ]),
    ...(plan.volume === undefined || plan.volume.storageClass !== undefined
      ? []
      : ["the cluster needs a default StorageClass: kubectl get storageclass shows it"]),
    ...needsOf(plan.components),
    ...secretsOf(rendered).map(
      ({ namespace, name }) =>
        `Secret ${name} in ${namespace}: docs/secrets.md makes it. The first apply makes the namespace, and the pod waits for the Secret`,
    ),
  ];
}

/** What a platform has to be told, so that what is on there can be read. */
function needsOf(components: readonly string[]): string[] {
  return platforms.flatMap(({ name, title, verdicts }) =>
    platformJobs.flatMap((job) => {
      const isOn = components.includes(`platform-${name}`) && verdicts[job].on;
      return isOn && verdicts[job].why !== "" ? [`${title}, ${job}: ${verdicts[job].why}; see docs/platforms.md`] : [];
    }),
  );
}

/** Secrets that a pod needs and the overlay has not. */
function secretsOf({ objects }: Pick<Rendered, "objects">): { namespace: string; name: string }[] {
  const wanted = workloadsOf({ objects }).flatMap(({ namespace = "", pod, containers }) => {
    const sources = (pod.volumes ?? []).flatMap(({ secret, projected }) => [
      { name: secret?.secretName, optional: secret?.optional },
      ...(projected?.sources ?? []).map(({ secret }) => ({ name: secret?.name, optional: secret?.optional })),
    ]);
    const variables = containers.flatMap(({ env = [], envFrom = [] }) => [
      ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef),
      ...envFrom.map(({ secretRef }) => secretRef),
    ]);
    return [...sources, ...variables].flatMap((one) =>
      one?.name === undefined || one.optional === true ? [] : [`${namespace}/${one.name}`],
    );
  });
  const brought = objects
    .filter(({ kind }) => kind === "Secret" || kind === "ExternalSecret")
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return [...new Set(wanted)]
    .filter((secret) => !brought.includes(secret))
    .map((secret) => ({ namespace: secret.split("/")[0] ?? "", name: secret.split("/")[1] ?? "" }));
}
