import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { rounds } from "../../../proof/lib/bench.js";
import { presentPeers, ratios } from "../../../proof/lib/peers.js";

let scratch = "";
let checkout = "";

test.before.each(async () => {
  scratch = await mkdtemp(join(tmpdir(), "peers-"));
  checkout = join(scratch, "checkout");
  await mkdir(join(checkout, "vendor"), { recursive: true });
});

test.after.each(async () => {
  await rm(scratch, { recursive: true, force: true });
});

test("whoever is not there is told of, with what is missing", async () => {
  const { present, absent } = await presentPeers({ "kube-prometheus-stack": checkout }, scratch);
  assert.deepEqual(present, []);
  assert.match(absent[0] ?? "", /^kube-prometheus is not compared: name a checkout of it by --kube-prometheus FOLDER$/);
  assert.match(absent[1] ?? "", /^kube-prometheus-stack is not compared: .*checkout has no charts\/, which helm dep/);
});

test("so is a program that is missing", async () => {
  const { absent } = await presentPeers({ "kube-prometheus": checkout }, scratch);
  assert.match(absent[0] ?? "", /there is no jsonnet in PATH$/);
});

test("one that is there renders in its own folder, and is compared", async () => {
  const program = join(scratch, "jsonnet");
  await writeFile(program, '#!/bin/sh\ntest "$*" = "-J vendor example.jsonnet" && test -d vendor && touch rendered\n');
  await chmod(program, 0o755);
  const { present } = await presentPeers({ "kube-prometheus": checkout }, scratch);
  assert.deepEqual([...(await rounds(present, 1)).keys()], ["kube-prometheus"]);
  const runs = new Map([
    ["kube-prometheus", [{ wall: 6, cpu: 6 }]],
    ["ours", [{ wall: 1.5, cpu: 1 }]],
  ]);
  assert.deepEqual(ratios(runs, present, "ours"), ["kube-prometheus takes 4.0 times as long as ours"]);
});

test.run();
