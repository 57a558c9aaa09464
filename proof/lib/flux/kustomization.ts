import { Failure } from "../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { lookUntil } from "../../../scripts/lib/wait.js";

/** The namespace of Flux' own objects: the one that its documentation uses throughout. */
export const namespace = "flux-system";

/**
 * The part of a Kustomization that says how it is.
 * Source: KustomizationStatus of Flux' kustomize.toolkit.fluxcd.io/v1.
 */
export interface Kustomization {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
    /** Of what is in the cluster: the branch and the commit, `main@sha1:0123abcd`. */
    readonly lastAppliedRevision?: string;
  };
}

/** Whether all of a Kustomization is applied and works, at that commit where one is given. */
export function isReady(kustomization: Kustomization, commit = ""): boolean {
  const { lastAppliedRevision = "" } = kustomization.status ?? {};
  return lastAppliedRevision.endsWith(commit) && readiness(kustomization)?.status === "True";
}

/** What Flux says of a Kustomization, in a line; of one that it cannot apply, why. */
export function describe(kustomization: Kustomization): string {
  const { status = "not looked at", message = "" } = readiness(kustomization) ?? {};
  return `${kustomization.metadata.name}: Ready ${status}, ${message}`;
}

function readiness({ status }: Kustomization) {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

/** Has Flux look now, as a webhook of the Git server does. Without, it looks at the interval of the object. */
export async function request(
  kubectl: Kubectl,
  kind: "gitrepositories" | "kustomizations",
  name: string,
): Promise<void> {
  const mark = `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`;
  await kubectl.text(["annotate", `${kind}.${groups[kind]}`, name, mark, "--overwrite", "--namespace", namespace]);
}

const groups = { gitrepositories: "source.toolkit.fluxcd.io", kustomizations: "kustomize.toolkit.fluxcd.io" } as const;

/**
 * Waits until a condition holds for a Kustomization.
 *
 * @param what - said when it takes too long: `be Ready`
 * @throws Failure that says how each Kustomization is instead.
 */
export async function waitForKustomization(
  kubectl: Kubectl,
  name: string,
  what: string,
  condition: (kustomization: Kustomization) => boolean,
  seconds = 600,
): Promise<void> {
  const get = ["get", `kustomizations.${groups.kustomizations}`, "--namespace", namespace];
  const found = await lookUntil(
    async () => (await kubectl.json<{ items: readonly Kustomization[] }>(get)).items,
    (all) => all.some((one) => one.metadata.name === name && condition(one)),
    { seconds, pauseMilliseconds: 1000 },
  );
  if (found.some((one) => one.metadata.name === name && condition(one))) return;
  throw new Failure(`waited ${seconds} s for ${name} to ${what}\n  ${found.map(describe).join("\n  ")}`);
}
