import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "uvu";
import { imageSources } from "../../scripts/lib/cluster/images.js";
import { type Cluster, cluster } from "../../scripts/lib/cluster/index.js";
import { placeOf } from "../../scripts/lib/cluster/layout.js";
import { prometheusBehind } from "../../scripts/lib/prometheus.js";
import { ownFiles, ownRepository } from "../build/lib/own-repository.js";
import { packedAnew } from "../build/lib/packed.js";
import { eventually } from "./lib/eventually.js";

/*
 * The walk of a new user on a real cluster: an empty folder and the file of the package, what they make their own, apply, verify,
 * and an update. What each verb says is in test/build/own-repository.test.ts.
 */

const mine = await ownRepository();
const overlay = join(mine.folder, "overlays/prod");
let running: Cluster;

interface Groups {
  readonly groups: readonly { readonly rules: readonly { readonly name: string }[] }[];
}

const prometheus = () => prometheusBehind(running.kubectl, "monitoring", "prometheus:http");

async function alerts(): Promise<readonly string[]> {
  const { groups } = await prometheus().get<Groups>("rules");
  return groups.flatMap(({ rules }) => rules.map(({ name }) => name));
}

async function verified(): Promise<void> {
  const { kubeconfig, id } = placeOf();
  const { code, stdout, stderr } = await mine.verb(
    ...["verify", "overlays/prod", "--kubeconfig", kubeconfig, "--context", id, "--wait", "180s"],
  );
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^all hold: /m);
}

test.before(async () => {
  const begun = async () => {
    const features = ["--feature", "insecure-kubelet-tls"];
    const { code, stderr } = await mine.init("prod", "--yes", ...features);
    assert.equal(code, 0, stderr);
    await mine.write(ownFiles("alertmanager.monitoring.svc:9093"));
    const built = await mine.verb("build");
    assert.equal(built.code, 0, built.stdout + built.stderr);
    await mine.git("init", "--quiet");
    await mine.git("add", "--all");
    assert.equal((await mine.git("commit", "--quiet", "--message", "Begin")).code, 0);
  };
  const started = async () => {
    running = await cluster.start({ kubeletTls: "self-signed", images: imageSources() });
  };
  await Promise.all([started(), begun()]);
  await running.kubectl.text(["apply", "--kustomize", overlay]);
});

test.after(async () => {
  // The next file of the lane finds the cluster without it.
  await running.kubectl.text(["delete", "--ignore-not-found", "--kustomize", overlay]);
});

test("what init wrote is applied with kubectl alone, and verify finds every target up", verified);

test("the job and the rules of one's own are there, and the alert that is off is not", async () => {
  await eventually("the job of one's own to be up", async () => {
    const samples = await prometheus().instant('up{job="shop"}');
    return samples.length === 1 && samples[0]?.value[1] === "1";
  });
  const names = await alerts();
  assert.ok(names.includes("ShopDown"));
  assert.ok(names.includes("KubePodCrashLooping"));
  assert.ok(!names.includes("CPUThrottlingHigh"));
});

test("after an update all holds, with what the new version brings and what is one's own", async () => {
  const next = await packedAnew("0.2.0", [
    [/(bundleVersion =) ".*"/, '$1 "0.2.0"'],
    [/"NodeMemoryMajorPagesFaults"/, '"NodeMajorPageFaults"'],
  ]);
  const { code, stdout, stderr } = await mine.verb("update", next);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /\+ +NodeMajorPageFaults/);
  await running.kubectl.text(["apply", "--kustomize", overlay]);
  await verified();
  await eventually("the new version's rules", async () => (await alerts()).includes("NodeMajorPageFaults"));
  assert.ok((await alerts()).includes("ShopDown"));
});

test.run();
