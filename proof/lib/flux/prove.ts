import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { IPod } from "kubernetes-models/v1/Pod";
import { parse, stringify } from "yaml";
import { Failure } from "../../../scripts/lib/failure.js";
import { applyObjects, type Kubectl } from "../../../scripts/lib/kubectl.js";
import { deletions } from "../../../scripts/lib/left-out.js";
import { root } from "../../../scripts/lib/project.js";
import { prometheusBehind } from "../../../scripts/lib/prometheus.js";
import { render } from "../../../scripts/lib/render.js";
import { waitFor } from "../../../scripts/lib/wait.js";
import { type Flux, namespace } from "./index.js";

/** Something that Flux was seen to do, and how long it took. */
export interface Seen {
  readonly what: string;
  readonly outcome: string;
  readonly seconds: number;
}

/** Where the stack of overlays/prod runs. */
const home = ["--namespace", "monitoring"];

/** The overlay as this cluster can run it: without workloads whose image is not to be had. */
const overlay = "overlays/prod-here";

const kustomization = "overlays/prod/monitoring/kustomization.yaml";

/** A job of its own, with a role that comes and goes with it. */
const component = "kubernetes-apiservers-slis";
const role = `plain-prometheus:prometheus-${component}`;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** Source: KustomizationStatus of Flux' kustomize.toolkit.fluxcd.io/v1. */
interface Kustomization {
  readonly spec: { readonly healthChecks?: readonly Record<string, string>[] };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly lastAppliedRevision?: string };
}

/**
 * Applies docs/flux as it stands, but for the address of the repository, to an empty cluster; commits to the repository,
 * changes objects by hand, and sees what Flux makes of it.
 *
 * @throws Failure that says what did not come.
 */
export async function proveFlux({ repository, repositoryUrl }: Flux, kubectl: Kubectl): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const timed = async (what: string, outcome: string, work: () => Promise<void>) => {
    const began = Date.now();
    await work();
    seen.push({ what, outcome, seconds: (Date.now() - began) / 1000 });
  };
  const prometheus = prometheusBehind(kubectl, "monitoring", "prometheus:http");
  const isUp = async (job: string) =>
    (await prometheus.targets()).some(({ labels, health }) => labels.job === job && health === "up");
  const commit = async (message: string, files: Readonly<Record<string, string>>) =>
    await reconciled(kubectl, await repository.commit(message, files));
  const revert = async () => await reconciled(kubectl, await repository.revert());

  await commitWhatThisClusterNeeds(repository, kubectl);
  const before = parse(await readFile(join(repository.folder, kustomization), "utf8"));

  await timed("an empty cluster, until both Kustomizations are Ready", "no container was restarted", async () => {
    for (const file of ["source", "secrets", "monitoring"]) {
      await applyObjects(kubectl, [await documented(file, repositoryUrl, kubectl)]);
    }
    for (const name of ["monitoring-secrets", "monitoring"]) await ready(kubectl, name);
  });
  must(
    [...(await pods(kubectl)).values()].every(({ restarts }) => restarts === 0),
    "no container was restarted",
  );

  const running = [...(await pods(kubectl)).keys()];
  const unchanged = async () => must(same([...(await pods(kubectl)).keys()], running), "the pods are the same");
  await timed("a commit that adds a job, until its target is up", "no pod is replaced", async () => {
    const at = before.components.findIndex((one: string) => one.endsWith("/lean"));
    const components = before.components.toSpliced(at, 0, `../../../base/components/${component}`);
    await commit("Scrape the API servers' health", { [kustomization]: stringify({ ...before, components }) });
    await until("the new job's target to be up", () => isUp(component));
  });
  await unchanged();

  const permissions = async () =>
    (await kubectl.json<{ rules: readonly object[] }>(["get", "clusterrole", role])).rules;
  const granted = await permissions();
  await timed("a permission added and a Deployment deleted by hand, until both are healed", "", async () => {
    const more = { op: "add", path: "/rules/-", value: { apiGroups: [""], resources: ["secrets"], verbs: ["get"] } };
    await kubectl.text(["patch", "clusterrole", role, "--type=json", "--patch", JSON.stringify([more])]);
    await kubectl.text(["delete", "deployment", "kube-state-metrics", ...home]);
    await request(kubectl, "kustomization", "monitoring");
    await until("both to be healed", async () => {
      const path = "/apis/apps/v1/namespaces/monitoring/deployments/kube-state-metrics";
      const { status } = JSON.parse(await kubectl.raw(path).catch(() => "{}"));
      return status?.readyReplicas === 1 && same(await permissions(), granted);
    });
  });

  await timed("the commit taken back, until what it brought is pruned", "its role and binding are gone", async () => {
    await revert();
    for (const kind of ["clusterrole", "clusterrolebinding"]) {
      await until(`${kind} ${role} to be gone`, async () => !(await exists(kubectl, kind, role)));
    }
  });

  await timed(
    "a commit that does not build, until Flux says so",
    "its file is named; Prometheus scrapes on",
    async () => {
      const text = stringify(before).replace("retention.yaml", "retentoin.yaml");
      await repository.commit("Patch with a file that is not there", { [kustomization]: text });
      await request(kubectl, "gitrepository", "monitoring");
      await until("the build to be refused", async () =>
        /retentoin/.test((await condition(kubectl, "monitoring")).message),
      );
    },
  );
  const broken = Date.now();
  await until("Prometheus to scrape all the same", async () =>
    (await prometheus.targets()).some(({ health, lastScrape }) => health === "up" && Date.parse(lastScrape) > broken),
  );
  await timed("that commit taken back, until Ready again", "no object was touched", revert);

  await timed("both Kustomizations deleted", "every pod stays", async () => {
    const left = [...(await pods(kubectl)).keys()];
    await kubectl.text(["delete", "kustomizations.kustomize.toolkit.fluxcd.io", "--all", "--namespace", namespace]);
    must(same([...(await pods(kubectl)).keys()], left), "the pods stay");
  });
  return seen;
}

/** Commits an overlay for this cluster: webhooks, whose Secret comes by Flux, and nothing that no registry gives. */
async function commitWhatThisClusterNeeds({ folder, commit }: Flux["repository"], kubectl: Kubectl): Promise<void> {
  const prod = parse(await readFile(join(folder, kustomization), "utf8"));
  const components = [...prod.components, "../../../base/components/alertmanager-webhooks"];
  const patches = deletions(await render("overlays/prod"), kubectl.lacks);
  const addresses = ["critical", "warning", "watchdog"].map((name) => [`${name}-url`, `https://example.com/${name}`]);
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "alertmanager-receivers", namespace: "monitoring" },
    stringData: Object.fromEntries(addresses),
  };
  await commit("Tell receivers, and leave out what has no image here", {
    [kustomization]: stringify({ ...prod, components }),
    [`${overlay}/kustomization.yaml`]: stringify({ resources: ["../prod"], patches }),
    "secrets/receivers.yaml": stringify(secret),
  });
}

/** A manifest of docs/flux, for this repository and for what this cluster can run. */
async function documented(file: string, repositoryUrl: string, { lacks }: Kubectl): Promise<object> {
  const text = await readFile(join(root, `docs/flux/${file}.yaml`), "utf8");
  const manifest = parse(text.replace("https://git.example.com/you/monitoring.git", repositoryUrl));
  if (file !== "monitoring") return manifest;
  const { objects } = await render("overlays/prod");
  const missing = deletions({ objects }, lacks).map(({ patch }) => parse(patch).metadata.name);
  const healthChecks = manifest.spec.healthChecks.filter(({ name }: { name: string }) => !missing.includes(name));
  return { ...manifest, spec: { ...manifest.spec, path: `./${overlay}`, healthChecks } };
}

/** Has Flux look now, as a webhook of the Git server does. */
async function request(kubectl: Kubectl, kind: "gitrepository" | "kustomization", name: string): Promise<void> {
  const mark = `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`;
  await kubectl.text(["annotate", kind, name, mark, "--overwrite", "--namespace", namespace]);
}

/** Has Flux fetch a commit, and waits until all of it is applied and works. */
async function reconciled(kubectl: Kubectl, revision: string): Promise<void> {
  await request(kubectl, "gitrepository", "monitoring");
  await ready(kubectl, "monitoring", revision);
}

async function ready(kubectl: Kubectl, name: string, revision = ""): Promise<void> {
  await until(`Kustomization ${name} to be Ready`, async () => {
    const { lastAppliedRevision = "" } = (await named(kubectl, name)).status ?? {};
    return lastAppliedRevision.endsWith(revision) && (await condition(kubectl, name)).status === "True";
  });
}

async function condition(kubectl: Kubectl, name: string): Promise<Pick<Condition, "status" | "message">> {
  const { conditions = [] } = (await named(kubectl, name)).status ?? {};
  return conditions.find(({ type }) => type === "Ready") ?? { status: "Unknown", message: "" };
}

async function named(kubectl: Kubectl, name: string): Promise<Kustomization> {
  return await kubectl.json<Kustomization>(["get", "kustomization", name, "--namespace", namespace]);
}

/** The pods of the stack by their uids, and how often the containers of each were restarted. */
async function pods(kubectl: Kubectl): Promise<ReadonlyMap<string, { readonly restarts: number }>> {
  const { items } = await kubectl.json<{ items: readonly IPod[] }>(["get", "pods", ...home]);
  return new Map(
    items.map(({ metadata, status }) => {
      const restarts = (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
      return [metadata?.uid ?? "", { restarts }];
    }),
  );
}

async function exists(kubectl: Kubectl, kind: string, name: string): Promise<boolean> {
  return (await kubectl.text(["get", kind, name, "--ignore-not-found", "--output=name"])) !== "";
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const otherwise = () => new Failure(`waited ten minutes for ${what}`);
  await waitFor(holds, { seconds: 600, pauseMilliseconds: 1000, otherwise });
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Failure(`it is not so that ${what}`);
}

function same(one: readonly unknown[], other: readonly unknown[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
