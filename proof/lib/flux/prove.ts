import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { IPod } from "kubernetes-models/v1/Pod";
import { parse, stringify } from "yaml";
import { Failure } from "../../../scripts/lib/failure.js";
import { applyObjects, type Kubectl } from "../../../scripts/lib/kubectl.js";
import { deletions } from "../../../scripts/lib/left-out.js";
import { step } from "../../../scripts/lib/progress.js";
import { root } from "../../../scripts/lib/project.js";
import { prometheusBehind } from "../../../scripts/lib/prometheus.js";
import { render } from "../../../scripts/lib/render.js";
import type { RenderedObject } from "../../../scripts/lib/rendered/objects.js";
import { table, verify } from "../../../scripts/lib/verify/index.js";
import { waitFor } from "../../../scripts/lib/wait.js";
import type { Flux } from "./index.js";
import { describe, isReady, namespace, request, waitForKustomization } from "./kustomization.js";

/** Something that Flux was seen to do, and how long it took. */
export interface Seen {
  readonly what: string;
  readonly outcome: string;
  readonly seconds: number;
}

/** The overlay as this cluster can run it: without workloads whose image is not to be had. */
const overlay = "overlays/prod-here";

const kustomization = "overlays/prod/monitoring/kustomization.yaml";

/** A job of its own, with a role that comes and goes with it. */
const component = "kubernetes-apiservers-slis";
const role = `plain-prometheus:prometheus-${component}`;

/** What Alertmanager's pods wait for, and the other Kustomization brings. */
const secret = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "alertmanager-receivers", namespace: "monitoring" },
  stringData: Object.fromEntries(
    ["critical", "warning", "watchdog"].map((name) => [`${name}-url`, `https://example.com/${name}`]),
  ),
};

const metrics = "/apis/apps/v1/namespaces/monitoring/deployments/kube-state-metrics";

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
    await step(what, work);
    seen.push({ what, outcome, seconds: (Date.now() - began) / 1000 });
  };
  const folder = join(repository.folder, overlay);
  const prometheus = prometheusBehind(kubectl, "monitoring", "prometheus:http");
  const scrapes = async (job: string, since = 0) =>
    (await prometheus.targets()).some(
      ({ labels, health, lastScrape }) => labels.job === job && health === "up" && Date.parse(lastScrape) > since,
    );
  const ready = (name: string, commit?: string) =>
    waitForKustomization(kubectl, name, "be Ready", (one) => isReady(one, commit));
  /** Has Flux fetch a commit, and waits until all of it is applied and works. */
  const reconciled = async (commit: string) => {
    await request(kubectl, "gitrepositories", "monitoring");
    await ready("monitoring", commit);
  };
  const brought = () => kubectl.text(["get", "clusterroles,clusterrolebindings", "--output=name"]);
  /** Has Flux fetch a commit that it cannot apply, sees that it changes nothing that was there, and takes it back. */
  const refused = async (message: string, files: Readonly<Record<string, string>>, reason: RegExp) => {
    const before = await contents(kubectl, objects);
    await repository.commit(message, files);
    await request(kubectl, "gitrepositories", "monitoring");
    await waitForKustomization(kubectl, "monitoring", `say ${reason}`, (one) => reason.test(describe(one)));
    const since = Date.now();
    await until("Prometheus to scrape all the same", () => scrapes("prometheus", since));
    await same(before, contents(kubectl, objects), "a refused commit changes no object");
    await reconciled(await repository.revert());
    await same(before, contents(kubectl, objects), "taking a refused commit back changes no object");
  };

  await commitWhatThisClusterNeeds(repository, kubectl);
  const objects = [...(await render(folder)).objects, secret];
  const asDocumented = await documented(repositoryUrl, kubectl);
  const text = await readFile(join(repository.folder, kustomization), "utf8");
  const withComponent = text.replace(/^ +- .*\/lean$/m, (lean) => `${lean.replace("lean", component)}\n${lean}`);

  await timed("an empty cluster, until both Kustomizations are Ready", "no container was restarted", async () => {
    await applyObjects(kubectl, asDocumented);
    for (const name of ["monitoring-secrets", "monitoring"]) await ready(name);
  });
  const pods = await podsOf(kubectl);
  await same(
    pods.map((pod) => ({ ...pod, restarts: 0 })),
    podsOf(kubectl),
    "no container was restarted",
  );

  await timed("a commit that adds a job, until its target is up", "no pod is replaced", async () => {
    await repository.commit("Scrape the API servers' health", { [kustomization]: withComponent });
    await request(kubectl, "gitrepositories", "monitoring");
    await until("the new job's target to be up", () => scrapes(component));
  });
  await same(pods, podsOf(kubectl), "no pod was replaced and no container restarted");
  const report = await verify({ overlay: folder, kubectl, waitMilliseconds: 180_000 });
  if (!report.ok) throw new Failure(`not every target is up:\n${table(report)}`);

  const rules = () => kubectl.text(["get", "clusterrole", role, "--output=jsonpath={.rules}"]);
  const granted = await rules();
  await timed(
    "a permission added and a Deployment deleted by hand, until both are healed",
    "told to look",
    async () => {
      const more = { op: "add", path: "/rules/-", value: { apiGroups: [""], resources: ["secrets"], verbs: ["get"] } };
      await kubectl.text(["patch", "clusterrole", role, "--type=json", "--patch", JSON.stringify([more])]);
      await kubectl.text(["delete", "deployment", "kube-state-metrics", "--namespace=monitoring"]);
      await request(kubectl, "kustomizations", "monitoring");
      await until("both to be healed", async () => {
        const { status } = JSON.parse(await kubectl.raw(metrics).catch(() => "{}"));
        return status?.readyReplicas === 1 && (await rules()) === granted;
      });
    },
  );
  await ready("monitoring");

  await timed("that commit taken back, until what it brought is pruned", "its role and binding are gone", async () => {
    await reconciled(await repository.revert());
  });
  if ((await brought()).includes(role)) throw new Failure(`${role} was not pruned`);

  const noFile = text.replace("retention.yaml", "retentoin.yaml");
  await timed("a commit that does not build, until it was taken back", "it names the file; nothing changes", () =>
    refused("Patch with a file that is not there", { [kustomization]: noFile }, /retentoin/),
  );
  const noNumber = parse(withComponent);
  const replicas = [{ op: "replace", path: "/spec/replicas", value: -1 }];
  noNumber.patches.push({ target: { kind: "Deployment", name: "kube-state-metrics" }, patch: stringify(replicas) });
  await timed(
    "one that the API server refuses",
    "it names the object; what was there stays; a new role comes, and is not pruned",
    () => refused("Run -1 replicas", { [kustomization]: stringify(noNumber) }, /kube-state-metrics.*spec\.replicas/s),
  );
  // Flux notes what to prune when all of a commit is applied. docs/flux says so: this tells when it is no longer true.
  if (!(await brought()).includes(role)) throw new Failure(`Flux pruned ${role} of a refused commit`);

  const before = await contents(kubectl, objects);
  await timed("both Kustomizations deleted", "every object stays, the Secret too", async () => {
    await kubectl.text(["delete", "kustomizations.kustomize.toolkit.fluxcd.io", "--all", "--namespace", namespace]);
  });
  await same(before, contents(kubectl, objects), "every object stays");
  return seen;
}

/** Commits an overlay for this cluster: webhooks, whose Secret comes by Flux, and nothing that no registry gives. */
async function commitWhatThisClusterNeeds({ folder, commit }: Flux["repository"], kubectl: Kubectl): Promise<void> {
  const prod = parse(await readFile(join(folder, kustomization), "utf8"));
  const components = [...prod.components, "../../../base/components/alertmanager-webhooks"];
  const patches = deletions(await render("overlays/prod"), kubectl.lacks);
  await commit("Tell receivers, and leave out what has no image here", {
    [kustomization]: stringify({ ...prod, components }),
    [`${overlay}/kustomization.yaml`]: stringify({ resources: ["../prod"], patches }),
    "secrets/receivers.yaml": stringify(secret),
  });
}

/** The manifests of docs/flux in the order of `kubectl apply -f`, for this repository and for what this cluster can run. */
async function documented(repositoryUrl: string, { lacks }: Kubectl): Promise<readonly object[]> {
  const folder = join(root, "docs/flux");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
  const manifests = files.map(async (name) =>
    parse(
      (await readFile(join(folder, name), "utf8")).replace("https://git.example.com/you/monitoring.git", repositoryUrl),
    ),
  );
  const { objects } = await render("overlays/prod");
  const missing = deletions({ objects }, lacks).map(({ patch }) => parse(patch).metadata.name);
  return (await Promise.all(manifests)).map((manifest) => {
    if (manifest.spec.path !== "./overlays/prod") return manifest;
    const healthChecks = manifest.spec.healthChecks.filter(({ name }: { name: string }) => !missing.includes(name));
    return { ...manifest, spec: { ...manifest.spec, path: `./${overlay}`, healthChecks } };
  });
}

/** What tells the state of each of these objects from an earlier one: who it is, and its content's version. */
async function contents(kubectl: Kubectl, objects: readonly RenderedObject[]): Promise<readonly object[]> {
  const names = objects.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
  }));
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: names });
  const { items } = JSON.parse(await kubectl.text(["get", "--filename=-", "--output=json"], { input })) as {
    items: readonly { kind: string; metadata: Readonly<Record<string, unknown>> }[];
  };
  return items.map(({ kind, metadata: { name, uid, generation, resourceVersion, deletionTimestamp } }) => {
    // What has a generation has a status too, with which its resourceVersion changes.
    return { kind, name, uid, version: generation ?? resourceVersion, deletionTimestamp };
  });
}

/** A pod of the stack, and how often its containers were restarted. */
interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly restarts: number;
}

async function podsOf(kubectl: Kubectl): Promise<readonly Pod[]> {
  const selector = "--selector=app.kubernetes.io/part-of=plain-prometheus";
  const { items } = await kubectl.json<{ items: readonly IPod[] }>(["get", "pods", "--all-namespaces", selector]);
  return items.map(({ metadata: { name = "", uid = "" } = {}, status }) => {
    const restarts = (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
    return { name, uid, restarts };
  });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const otherwise = () => new Failure(`waited ten minutes for ${what}`);
  await waitFor(holds, { seconds: 600, pauseMilliseconds: 1000, otherwise });
}

/** @throws Failure with the rows that differ. */
async function same(before: readonly unknown[], later: Promise<readonly unknown[]>, what: string): Promise<void> {
  const rowsOf = (all: readonly unknown[]) => all.map((row) => JSON.stringify(row));
  const [one, other] = [rowsOf(before), rowsOf(await later)];
  const rows = [
    ...one.filter((row) => !other.includes(row)).map((row) => `- ${row}`),
    ...other.filter((row) => !one.includes(row)).map((row) => `+ ${row}`),
  ];
  if (rows.length > 0) throw new Failure(`it is not so that ${what}:\n${rows.join("\n")}`);
}
