import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { outside } from "../../generators/bare-metal/outside.js";
import { defaults } from "../../generators/settings.js";
import { prometheusOutside } from "../../scripts/lib/checks/prometheus/outside.js";
import { findCommand } from "../../scripts/lib/debian.js";
import { render } from "../../scripts/lib/render.js";

const rendered = await render("overlays/bare-metal");

test("promtool accepts what a Prometheus outside reads, and the overlay lets it do its jobs", async () => {
  assert.deepEqual(await prometheusOutside.run(rendered), []);
});

test("an overlay whose account may not do what a job needs is wrong, and the job is named", async () => {
  const objects = rendered.objects.filter(
    ({ kind, metadata }) => `${kind} ${metadata.name}` !== "Role prometheus-outside",
  );
  const messages = (await prometheusOutside.run({ ...rendered, objects })).map(({ message }) => message);
  assert.deepEqual(messages, [
    'may not do what job kube-state-metrics needs: get services/proxy "http:kube-state-metrics:http" in monitoring-system',
    'may not do what job kube-state-metrics-telemetry needs: get services/proxy "http:kube-state-metrics:telemetry" in monitoring-system',
  ]);
});

test("an overlay that is not for one outside is not looked at", async () => {
  assert.deepEqual(await prometheusOutside.run({ ...rendered, objects: [] }), []);
});

const systemdAnalyze = findCommand("systemd-analyze");

// Only where there is a systemd to ask.
if (systemdAnalyze !== undefined) {
  test("systemd understands every line of the unit", async () => {
    const unit = outside(defaults).get("prometheus-outside.service") ?? "";
    const right = unit.replace("ExecStart = prometheus", "ExecStart = /bin/true");
    assert.equal(await complaints(right), "");
    assert.match(await complaints(right.replace("ProtectHome", "ProtectHouse")), /ProtectHouse/);
  });
}

test.run();

async function complaints(unit: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  try {
    const file = join(folder, "prometheus-outside.service");
    await writeFile(file, unit);
    return (await $({ quiet: true, nothrow: true })`${systemdAnalyze ?? ""} verify ${file}`).stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}
