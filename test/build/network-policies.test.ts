import assert from "node:assert/strict";
import { readFile, realpath, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { test } from "uvu";
import { parseAllDocuments, stringify } from "yaml";
import { edges } from "../../generators/derive/edges.js";
import { grafana } from "../../generators/grafana/index.js";
import { stack } from "../../generators/index.js";
import { selector } from "../../generators/lib/labels.js";
import { scrapeJobs } from "../../generators/prometheus/scrape/index.js";
import { defaults } from "../../generators/settings/index.js";
import { problems } from "../../scripts/lib/build.js";
import { runChecks } from "../../scripts/lib/checks/index.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { allowed } from "../../scripts/lib/rendered/network-policy.js";
import { withTemporaryFolder } from "../../scripts/lib/temporary-folder.js";
import { faults, withoutEach } from "../lib/policy-matrix.js";

const { objects } = await render("overlays/prod");
const policies = objects.filter(({ kind }) => kind === "NetworkPolicy") as (INetworkPolicy &
  (typeof objects)[number])[];
const needed = edges([...stack(defaults), grafana(defaults)], scrapeJobs(defaults), "prometheus");

test("overlays/prod lets exactly the declared connections through", () => {
  assert.ok(policies.length > 0);
  assert.deepEqual(faults(policies, needed, "monitoring"), []);
});

test("every policy is in the namespace of the pods that it is for", () => {
  assert.deepEqual([...new Set(policies.map(({ metadata }) => metadata.namespace))], ["monitoring"]);
});

test("without the policy for Prometheus its targets are out of reach", () => {
  const others = policies.filter(({ metadata }) => metadata.name !== "prometheus");
  assert.ok(faults(others, needed, "monitoring").includes("refused: prometheus -> a node:10250"));
});

test("without any single rule of any policy a declared connection is refused", () => {
  const idle = withoutEach(policies)
    .filter(({ left }) => faults(left, needed, "monitoring").length === 0)
    .map(({ policy, direction, index }) => `${policy.metadata?.name}: ${direction} ${index}`);
  assert.deepEqual(idle, []);
});

test("what docs/security.md has for another name server opens port 53 there, and nothing else", async () => {
  const more = (await documented()).filter(({ kind }) => kind === "NetworkPolicy") as unknown as INetworkPolicy[];
  const from = { address: "10.1.0.1", pod: { namespace: "monitoring", labels: selector("alertmanager") } };
  const isAllowed = (among: readonly INetworkPolicy[], port: number, protocol: "TCP" | "UDP") =>
    allowed(among, from, { address: "169.254.169.254" }, port, protocol);
  for (const protocol of ["TCP", "UDP"] as const) {
    assert.ok(isAllowed([...policies, ...more], 53, protocol));
    assert.ok(!isAllowed(policies, 53, protocol));
  }
  assert.ok(!isAllowed([...policies, ...more], 80, "TCP"));
});

test("what docs/security.md has for Cilium lets through who needs nodes and API servers, at the ports of the table", async () => {
  const theirs = (await documented()).filter(({ kind }) => kind === "CiliumNetworkPolicy") as unknown as Cilium[];
  const ofEdges = new Map<string, Set<number>>();
  for (const { from, to, ports } of needed) {
    if ((to !== "nodes" && to !== "api servers") || typeof from !== "object" || !("base" in from)) continue;
    const numbers = to === "nodes" ? ports.map(({ port }) => port) : [443, 6443];
    ofEdges.set(from.base, new Set([...(ofEdges.get(from.base) ?? []), ...numbers]));
  }
  const said = theirs.map(({ spec: { endpointSelector, egress } }) => {
    const ports = egress.flatMap(({ toPorts }) =>
      toPorts.flatMap(({ ports }) => ports.map(({ port }) => Number(port))),
    );
    return [endpointSelector.matchLabels["app.kubernetes.io/name"], ports.sort((one, other) => one - other)];
  });
  const inOrder = [...ofEdges].map(([base, ports]) => [base, [...ports].sort((one, other) => one - other)]);
  assert.deepEqual(said.sort(), inOrder.sort());
});

test("overlays/prod builds with both", async () => {
  await withTemporaryFolder(async (folder) => {
    await writeFile(join(folder, "more.yaml"), (await documented()).map((one) => stringify(one)).join("---\n"));
    const resources = [relative(await realpath(folder), join(root, "overlays/prod")), "more.yaml"];
    await writeFile(join(folder, "kustomization.yaml"), stringify({ resources }));
    const rendered = await render(folder);
    assert.equal(problems([{ overlay: folder, findings: await runChecks(rendered) }]), "");
  });
});

test.run();

interface Cilium {
  readonly spec: {
    readonly endpointSelector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly egress: readonly {
      readonly toPorts: readonly { readonly ports: readonly { readonly port: string }[] }[];
    }[];
  };
}

/** The policies that docs/security.md has for other network plugins. */
async function documented(): Promise<{ readonly kind: string }[]> {
  const text = await readFile(join(root, "docs/security.md"), "utf8");
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) =>
    parseAllDocuments(block).map((one) => one.toJS()),
  );
}
