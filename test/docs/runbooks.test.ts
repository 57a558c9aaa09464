import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { components, stack } from "../../generators/index.js";
import type { KubernetesObject } from "../../generators/lib/base-and-component.js";
import { defaults } from "../../generators/settings/index.js";
import { root } from "../../scripts/lib/project.js";
import { runbookCommands } from "../cluster/lib/runbooks.js";
import { commandsOf } from "../lib/commands.js";

const folder = join(root, "docs/runbooks");
const files = (await readdir(folder)).filter((file) => file.endsWith(".md") && file !== "README.md");
const placeholder = /<[a-z][a-z_-]*>/g;
const explained = new Set((await readFile(join(folder, "README.md"), "utf8")).match(placeholder));

/** Namespaces that have the same name in every cluster. */
const fixed = ["kube-system", "kube-node-lease", "default"];

/** What of a runbook's code somebody else's cluster does not have, or a reader does not understand. */
function strange(text: string): string[] {
  const code = [...text.matchAll(/```\w+\n(.*?)^```|`([^`\n]+)`/gms)].map(([, block, span]) => block ?? span ?? "");
  return code.flatMap((part) => [
    ...(part.match(placeholder) ?? []).filter((name) => !explained.has(name)),
    ...[...part.matchAll(/(?:^|[\s/=])([A-Z][A-Z-]{1,})(?=[\s/]|$)/gm)]
      .map(([, name = ""]) => name)
      .filter(() => /^(kubectl|curl|npm|openssl|promtool|amtool|etcdctl) /m.test(part)),
    ...[...part.matchAll(/(?:-n |--namespace[ =]|serviceaccount:)([a-z-]+)/g)]
      .map(([, namespace = ""]) => namespace)
      .filter((namespace) => !fixed.includes(namespace)),
    // A Deployment with overlays/devbox, a StatefulSet with overlays/prod.
    ...(part.match(/(deployment|statefulset)\/prometheus\b/g) ?? []),
    ...(/^ *etcdctl [^(]/m.test(part) && part.includes("\n") && !/--endpoints=.*--cacert=.*--cert=.*--key=/s.test(part)
      ? ["etcdctl without endpoint and certificates"]
      : []),
  ]);
}

test("what is strange is found", () => {
  const text =
    "`<pod> <what>`\n```sh\nkubectl -n NAMESPACE get pods\nkubectl -n monitoring logs deployment/prometheus\netcdctl alarm list\n```\n";
  assert.deepEqual(strange(text), [
    "<what>",
    "NAMESPACE",
    "monitoring",
    "deployment/prometheus",
    "etcdctl without endpoint and certificates",
  ]);
});

for (const file of files) {
  test(`${file} has placeholders that the overview explains, and no names of one overlay`, async () => {
    const text = await readFile(join(folder, file), "utf8");
    assert.deepEqual(strange(text), []);
    assert.doesNotThrow(() => commandsOf(file, text));
  });
}

test("no command that is run on overlays/devbox and overlays/prod names pods which only other overlays have", async () => {
  const overlays = ["overlays/devbox", "overlays/prod/monitoring"].map((one) => join(root, one, "kustomization.yaml"));
  const listed = (await Promise.all(overlays.map((one) => readFile(one, "utf8")))).join("\n").replace(/ +#.*$/gm, "");
  const workloads = ({ objects = [] }: { readonly objects?: readonly KubernetesObject[] }) =>
    objects.flatMap(({ kind, metadata }) => (/^(Deployment|StatefulSet)$/.test(kind) ? [metadata?.name ?? ""] : []));
  const known = stack(defaults).flatMap(workloads);
  const absent = components(defaults)
    .filter(({ name }) => !new RegExp(`components/${name}$`, "m").test(listed))
    .flatMap(workloads)
    .filter((name) => !known.includes(name));
  assert.ok(absent.includes("thanos-compact") && !absent.includes("prometheus"), absent.join());
  const named = (await runbookCommands())
    .filter(({ how }) => how.where !== "nowhere")
    .filter(({ text }) => absent.some((name) => text.includes(name)));
  assert.deepEqual(
    named.map(({ document, line }) => `${document}:${line}`),
    [],
  );
});

test.run();
