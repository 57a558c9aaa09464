import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { test } from "uvu";
import { $ } from "zx";
import { defaults } from "../../generators/settings/index.js";
import { livePrometheus } from "../../proof/lib/queries/where.js";
import { cluster } from "../../scripts/lib/cluster/index.js";
import { placeOf } from "../../scripts/lib/cluster/layout.js";
import { root } from "../../scripts/lib/project.js";

const npm = $({ cwd: root, quiet: true, stdio: ["ignore", "pipe", "inherit"] });

test.after(async () => {
  await cluster.stop();
});

test("npm run up starts a cluster that scrapes all that it has", async () => {
  const { stdout } = await npm`npm run -s up`;
  assert.match(stripVTControlCharacters(stdout), /all hold: \d+ jobs, \d+ targets up/);
});

test("npm run verify says the same, by the cluster's name", async () => {
  const { stdout } = await npm`npm run -s verify -- overlays/devbox --context ${placeOf().id} --json`;
  assert.equal(JSON.parse(stdout).ok, true);
});

test("Prometheus answers a query", async () => {
  const running = (await cluster.current()) ?? assert.fail("the cluster is gone");
  const prometheus = await livePrometheus(running.kubectl, defaults.namespace);
  assert.ok((await prometheus.value("count(up == 1)")) >= 8);
});

test("npm run down removes it", async () => {
  const { stdout } = await npm`npm run -s down`;
  assert.match(stdout, /is gone/);
  assert.equal(await cluster.current(), undefined);
});

test.run();
