import { Failure } from "../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { lookUntil } from "../../../scripts/lib/wait.js";
import { namespace } from "./layout.js";

/** An object as the status of an Application lists it. */
export interface Resource {
  readonly group?: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly status?: string;
  readonly health?: { readonly status: string; readonly message?: string };
}

/**
 * The part of an Application that says how it is.
 * Source: ApplicationStatus of Argo CD's argoproj.io/v1alpha1.
 */
export interface Application {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly status?: {
    readonly sync?: {
      readonly status: string;
      readonly revision?: string;
      readonly comparedTo?: { readonly source?: { readonly path?: string } };
    };
    readonly health?: { readonly status: string };
    readonly resources?: readonly Resource[];
    readonly history?: readonly { readonly id: number; readonly revision: string }[];
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly reconciledAt?: string;
    readonly operationState?: {
      readonly phase: string;
      readonly message?: string;
      readonly retryCount?: number;
      readonly startedAt?: string;
      readonly finishedAt?: string;
      readonly syncResult?: { readonly revision: string };
    };
  };
}

/** Whether an Application is as Git has it, at that revision where one is given. */
export function isSynced({ status }: Application, revision?: string): boolean {
  if (revision !== undefined && status?.sync?.revision !== revision) return false;
  const done = status?.operationState === undefined || status.operationState.phase === "Succeeded";
  return done && status?.sync?.status === "Synced";
}

/** Whether all that an Application made works, as far as Argo CD can tell of each kind. */
export function isHealthy({ status }: Application): boolean {
  return status?.health?.status === "Healthy";
}

/** How an Application is, in a line or more: what is not as it should be, each object by its name. */
export function describe({ metadata: { name }, status }: Application): string {
  const operation = status?.operationState;
  const resources = (status?.resources ?? []).filter(
    (resource) => resource.status !== "Synced" || (resource.health?.status ?? "Healthy") !== "Healthy",
  );
  return [
    `${name}: ${status?.sync?.status ?? "not compared"}, ${status?.health?.status ?? "no health"}`,
    ...(operation === undefined ? [] : [`last sync: ${operation.phase}, ${operation.message ?? ""}`]),
    ...(status?.conditions ?? []).map(({ type, message }) => `${type}: ${message}`),
    ...resources.map((resource) => {
      const { kind, name, status, health } = resource;
      return `${kind} ${name}: ${status ?? "?"}, ${health?.status ?? "no health"} ${health?.message ?? ""}`;
    }),
  ].join("\n  ");
}

/** An Application by its name. */
export async function application(kubectl: Kubectl, name: string): Promise<Application> {
  return await kubectl.json<Application>(["get", "applications.argoproj.io", name, "--namespace", namespace]);
}

/**
 * Has Argo CD look at Git now, as a webhook of the Git server does, and waits until it has; `hard` has it render anew,
 * too. Without either it looks every two to three minutes.
 */
export async function refresh(kubectl: Kubectl, name: string, how: "normal" | "hard" = "normal"): Promise<void> {
  const annotation = `argocd.argoproj.io/refresh=${how}`;
  await kubectl.text([
    "annotate",
    "applications.argoproj.io",
    name,
    "--namespace",
    namespace,
    "--overwrite",
    annotation,
  ]);
  await waitForApplication(
    kubectl,
    name,
    "be compared with Git",
    ({ metadata }) => metadata.annotations?.["argocd.argoproj.io/refresh"] === undefined,
  );
}

/**
 * Waits until a condition holds for an Application.
 *
 * @param what - said when it takes too long: `be Synced`.
 * @throws Failure that says how the Application is instead.
 */
export async function waitForApplication(
  kubectl: Kubectl,
  name: string,
  what: string,
  condition: (application: Application) => boolean,
  seconds = 180,
): Promise<Application> {
  const found = await lookUntil(() => application(kubectl, name), condition, { seconds });
  if (!condition(found)) throw new Failure(`waited ${seconds} s for ${name} to ${what}\n${describe(found)}`);
  return found;
}
