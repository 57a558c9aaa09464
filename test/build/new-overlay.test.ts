import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { defaults } from "../../generators/settings/index.js";
import { problems } from "../../scripts/lib/build.js";
import { runChecks } from "../../scripts/lib/checks/index.js";
import { Failure } from "../../scripts/lib/failure.js";
import { offer, platformsOf } from "../../scripts/lib/new-overlay/components.js";
import type { Plan } from "../../scripts/lib/new-overlay/files.js";
import { writeOverlay } from "../../scripts/lib/new-overlay/index.js";
import { root } from "../../scripts/lib/project.js";
import { render } from "../../scripts/lib/render.js";
import { ofKind } from "../../scripts/lib/rendered/objects.js";

const there = offer();
/** Beside overlays/, so that what is written has the paths that it will have, and no other test sees it. */
const overlays = await mkdtemp(join(root, ".test-"));
test.after(() => rm(overlays, { recursive: true }));

const plan: Plan = { name: "mine", namespace: "watching", components: [] };
const volume = { size: 20 };
const shapes: Readonly<Record<string, Plan>> = {
  "one-namespace": plan,
  "own-volume": { ...plan, volume, components: ["insecure-kubelet-tls", "grafana"] },
  "named-class": { ...plan, volume: { ...volume, storageClass: "fast" }, components: ["alertmanager-ha"] },
  shards: { ...plan, volume: { ...volume, storageClass: "fast" }, components: ["prometheus-ha", "sharded"] },
  long: {
    ...plan,
    volume: { ...volume, storageClass: "fast" },
    components: ["network-policies", "prometheus-ha", "thanos"],
  },
  "two-namespaces": { ...plan, nodeExporterNamespace: "nodes", components: ["network-policies"] },
  "roles-elsewhere": { ...plan, components: ["namespaced-access", "coredns"] },
  "all-of-it": {
    ...plan,
    nodeExporterNamespace: "nodes",
    volume: { ...volume, storageClass: "fast" },
    components: ["namespaced-access", "platform-kubeadm", "grafana", "network-policies", "basic-auth", "prometheus-ha"],
  },
  ...Object.fromEntries(
    platformsOf(there).map((platform) => [`on-${platform}`, { ...plan, components: [`platform-${platform}`] }]),
  ),
};

for (const [name, shape] of Object.entries(shapes)) {
  test(`${name} is right by every check, in files that are read in five seconds`, async () => {
    const { files } = await writeOverlay({ ...shape, name }, there, overlays);
    for (const file of files) {
      const lines = (await readFile(join(root, file), "utf8")).trimEnd().split("\n").length;
      assert.ok(lines <= 25, `${file} has ${lines} lines`);
    }
    const overlay = join(overlays, name);
    const rendered = await render(overlay);
    assert.equal(problems([{ overlay, findings: await runChecks(rendered) }]), "");
    const namespaces = ofKind(rendered.objects, "v1/Namespace").map(({ metadata }) => metadata.name);
    const own = shape.nodeExporterNamespace;
    assert.deepEqual(namespaces.sort(), [...(own === undefined ? [] : [own]), "watching"]);
  });
}

test("samples are kept where the plan says", async () => {
  const { objects } = await render(join(overlays, "own-volume"));
  const [claim] = ofKind(objects, "v1/PersistentVolumeClaim");
  assert.equal(claim?.spec?.resources?.requests?.storage, "20Gi");
  const [prometheus] = ofKind(objects, "apps/v1/Deployment").filter(({ metadata }) => metadata.name === "prometheus");
  const volumes = prometheus?.spec?.template?.spec?.volumes ?? [];
  assert.deepEqual(
    volumes.find(({ name }) => name === "data"),
    { name: "data", persistentVolumeClaim: { claimName: claim?.metadata.name } },
  );
  for (const [overlay, names, size] of [
    ["all-of-it", ["prometheus"], "20Gi"],
    ["shards", ["prometheus", "prometheus-shard-0", "prometheus-shard-1"], "20Gi"],
    ["long", ["thanos-compact"], defaults.thanos.compactorVolumeSize],
  ] as const) {
    const stateful = ofKind((await render(join(overlays, overlay))).objects, "apps/v1/StatefulSet");
    for (const name of names) {
      const found = stateful.find(({ metadata }) => metadata.name === name)?.spec;
      const claimed = found?.volumeClaimTemplates?.[0]?.spec;
      assert.deepEqual([claimed?.storageClassName, claimed?.resources?.requests?.storage], ["fast", size], name);
      const { env = [] } = found?.template?.spec?.containers[0] ?? {};
      const retention = name.startsWith("prometheus") ? "15d" : undefined;
      assert.equal(env.find((one) => one.name === "RETENTION_TIME")?.value, retention, name);
    }
  }
});

test("two overlays have no object in common", async () => {
  const ids = async (name: string) =>
    (await render(join(overlays, name))).objects
      .filter(({ kind, metadata }) => metadata.namespace !== "watching" && kind !== "Namespace")
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
  const shape = shapes["all-of-it"] ?? assert.fail();
  await writeOverlay({ ...shape, name: "another", nodeExporterNamespace: "others" }, there, overlays);
  const [one, other] = [await ids("all-of-it"), await ids("another")];
  assert.ok(one.some((id) => id.startsWith("PriorityClass ")) && one.some((id) => id.startsWith("Role default/")));
  assert.deepEqual(
    one.filter((id) => other.includes(id)),
    [],
  );
});

test("claim templates are as the API server keeps them", async () => {
  for (const shape of ["all-of-it", "named-class"]) {
    const templates = ofKind((await render(join(overlays, shape))).objects, "apps/v1/StatefulSet").flatMap(
      ({ spec }) => spec?.volumeClaimTemplates ?? [],
    );
    assert.ok(templates.length > 0);
    for (const { apiVersion, kind } of templates) assert.equal(`${apiVersion}/${kind}`, "v1/PersistentVolumeClaim");
  }
});

test("what has to be done before is said: certificates, Secrets, what the platform needs", async () => {
  const components = ["platform-kubeadm", "grafana", "basic-auth", "alertmanager-webhooks"];
  const { before } = await writeOverlay({ ...plan, name: "told", volume, components }, there, overlays);
  const said = before.join("\n");
  for (const words of [
    /serverTLSBootstrap/,
    /default StorageClass/,
    /kubeadm, kube-scheduler: `bind-address: 0\.0\.0\.0`/,
    /Secret grafana-admin in watching: .*first apply makes the namespace/,
    /Secret prometheus-web in watching/,
    /Secret alertmanager-receivers in watching/,
  ]) {
    assert.match(said, words);
  }
  const quiet = { ...plan, name: "quiet", components: ["insecure-kubelet-tls", "grafana-anonymous-viewer"] };
  assert.deepEqual((await writeOverlay(quiet, there, overlays)).before, []);
});

test("an overlay that is there stays as it is", async () => {
  const file = join(overlays, "own-volume/kustomization.yaml");
  const before = await readFile(file, "utf8");
  await assert.rejects(
    writeOverlay({ ...plan, name: "own-volume" }, there, overlays),
    (error) => error instanceof Failure && /own-volume is there already/.test(error.message),
  );
  assert.equal(await readFile(file, "utf8"), before);
});

test("Components that do not go together are named, and nothing is written", async () => {
  const before = await readdir(overlays);
  for (const [components, message] of [
    [["platform-k3s", "platform-eks"], /platform-k3s, platform-eks\noverlays\/torn does not build/],
    [["grafana-metrics"], /overlays\/torn: ConfigMap watching\/prometheus-scrape\n.*job grafana keeps Services/],
    [["thanos-network-policies"], /thanos-network-policies needs network-policies, listed before it/],
    [["grafana-network-policies"], /no NetworkPolicy lets Deployment watching\/prometheus in there/],
  ] as const) {
    await assert.rejects(
      writeOverlay({ ...plan, name: "torn", components }, there, overlays),
      (error) => error instanceof Failure && message.test(error.message),
      components.join(", "),
    );
  }
  assert.deepEqual(await readdir(overlays), before);
});

test("npm run new-overlay writes nothing for a name that cannot be, and says which could", async () => {
  const before = await readdir(join(root, "overlays"));
  const npm = $({ quiet: true, nothrow: true, cwd: root });
  const { exitCode, stderr } = await npm`npm run -s new-overlay -- Staging_EU --yes`;
  assert.equal(exitCode, 1);
  assert.match(stderr, /"Staging_EU"/);
  assert.match(stderr, /small letters/);
  assert.deepEqual(await readdir(join(root, "overlays")), before);
});

test("where there is no terminal to ask on, that is refused, and what was piped in is not ignored", async () => {
  const { exitCode, stderr } = await $({
    quiet: true,
    nothrow: true,
    cwd: root,
    input: "k3s\n",
  })`npm run -s new-overlay -- piped`;
  assert.equal(exitCode, 1);
  assert.match(stderr, /no terminal to ask on: say --yes/);
  assert.ok(!existsSync(join(root, "overlays/piped")));
});

for (const [key, name] of [
  ["\x03", "Ctrl-C"],
  ["\x04", "Ctrl-D"],
] as const) {
  test(`${name} ends the questions with one line, and nothing is written`, async () => {
    const command = "node scripts/run.js scripts/new-overlay.ts given-up";
    const terminal = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], { cwd: root });
    let printed = "";
    terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
      // The second question: the first has been answered.
      if (text.includes("platform:")) terminal.stdin.write("other\r");
      if (text.includes("namespace [")) terminal.stdin.write(key);
      printed += text;
    });
    const [code] = await once(terminal, "close");
    assert.equal(code, 130, printed);
    assert.match(printed, /nothing was written/);
    assert.doesNotMatch(printed, /Warning|\n +at /);
    assert.ok(!existsSync(join(root, "overlays/given-up")));
  });
}

test.run();
