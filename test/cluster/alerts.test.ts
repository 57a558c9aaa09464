import assert from "node:assert/strict";
import { test } from "uvu";
import { type Drill, drill } from "../../proof/lib/drill/index.js";
import { deliveryTable } from "../../proof/lib/drill/report.js";
import { cluster } from "../../scripts/lib/cluster/index.js";
import { devbox } from "./lib/devbox.js";

let seen: Drill;

test.before(async () => {
  await devbox();
  seen = await drill(await cluster.enforce(), "overlays/devbox");
  console.log(deliveryTable(seen));
});

for (const alert of [
  "NodeExporterDown",
  "KubePersistentVolumeFillingUp",
  "KubePodCrashLooping",
  "PrometheusBadConfig",
  "KubeSchedulerDown",
]) {
  test(`${alert} reaches the receiver of its severity, says what to do, and is told to be over`, () => {
    const told =
      seen.told.find(({ scenario }) => scenario.alert === alert) ?? assert.fail(`nobody was told of ${alert}`);
    assert.equal(told.firing.receiver, told.scenario.severity);
    assert.ok(told.firing.annotations.summary, JSON.stringify(told.firing));
    assert.match(told.firing.annotations.runbook_url ?? "", new RegExp(`docs/runbooks/${alert}\\.md$`));
    assert.ok(told.secondsToNotification > 0 && told.secondsToResolved > 0);
  });
}

test("the Watchdog arrives again and again", () => {
  const pauses = seen.watchdog.slice(1).map((at, index) => (at - (seen.watchdog[index] ?? 0)) / 1000);
  assert.ok(pauses.length >= 2, `it arrived ${seen.watchdog.length} times`);
  for (const pause of pauses) assert.ok(pause < 300, `nothing came for ${pause} s`);
});

test("nobody is told of what is silenced, until the silence ends", () => {
  assert.equal(seen.silenced.before, 0);
  assert.ok(seen.silenced.after > 0);
});

test("a critical alert holds back the warning about the same volume", () => {
  assert.ok(seen.inhibited.inhibitedBy > 0);
  assert.equal(seen.inhibited.told, 0);
});

test.run();
