import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { outside } from "../../generators/bare-metal/outside.js";
import { unitName } from "../../generators/bare-metal/unit.js";
import { defaults } from "../../generators/settings/index.js";
import { prometheusOutside } from "../../scripts/lib/checks/prometheus/outside.js";
import { findCommand, provide } from "../../scripts/lib/debian.js";
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

// systemd is Linux' own; it need not run to be asked. Where it is skipped, CI is red.
const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("systemd understands every line of the unit", async () => {
  const unit = outside(defaults).get("prometheus-outside.service") ?? "";
  const right = unit.replace("ExecStart = prometheus", "ExecStart = /bin/true");
  assert.deepEqual(await verified(right), { code: 0, said: "" });
  const misspelt = await verified(right.replace("ProtectHome", "ProtectHouse"));
  assert.match(misspelt.said, /ProtectHouse/);
  const without = await verified(right.replace("/bin/true", "/bin/there-is-no-such"));
  assert.notEqual(without.code, 0);
  assert.match(without.said, /there-is-no-such/);
});

test.run();

/** What `systemd-analyze verify` says of a unit, by the name that it is installed under. */
async function verified(unit: string): Promise<{ code: number | null; said: string }> {
  await provide([{ file: "systemd-analyze", package: "systemd" }], "the test of the systemd unit");
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  try {
    const file = join(folder, `${unitName}.service`);
    await writeFile(file, unit);
    const command = findCommand("systemd-analyze") ?? "systemd-analyze";
    const { exitCode, stderr } = await $({ quiet: true, nothrow: true })`${command} verify ${file}`;
    return { code: exitCode, said: stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}
