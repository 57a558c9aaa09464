import assert from "node:assert/strict";
import { test } from "uvu";
import { parse, stringify } from "yaml";
import { hurriedRules, quickAlertmanager, quickRules } from "../../../../proof/lib/drill/quick.js";

const slow = {
  alert: "Slow",
  expr: "max_over_time(x[10m] offset 900s) or y[5m]",
  for: "15m",
  keep_firing_for: "10m",
  labels: { severity: "warning" },
};
const file = stringify({ groups: [{ name: "g", interval: "1m", rules: [slow, { ...slow, alert: "Other" }] }] });

test("an alert of the drill waits a moment, and is otherwise the bundle's", () => {
  const [group] = parse(quickRules(file, ["Slow"])).groups;
  assert.deepEqual(group.rules[0], {
    ...slow,
    expr: "max_over_time(x[1m] offset 15s) or y[1m]",
    for: "15s",
    keep_firing_for: "15s",
  });
  assert.equal(group.interval, undefined);
});

test("an alert that is no part of the drill stays as it is", () => {
  assert.deepEqual(parse(quickRules(file, ["Slow"])).groups[0].rules[1], { ...slow, alert: "Other" });
});

test("rules in a hurry wait and look back a tenth, but as long as a rate and a rollout take", () => {
  const soon = { ...slow, alert: "Soon", for: "2m", expr: "rate(x[3m] offset 1m)" };
  const sooner = { ...soon, alert: "Sooner", for: "1m" };
  const record = { record: "a:b:c", expr: "rate(x[1h])" };
  const group = { name: "g", interval: "1m", rules: [slow, soon, sooner, record] };
  const machine = { ...group, name: "node-resources" };
  assert.deepEqual(parse(hurriedRules(stringify({ groups: [group, machine] }))).groups, [
    {
      name: "g",
      rules: [
        { ...slow, expr: "max_over_time(x[60s] offset 90s) or y[30s]", for: "90s", keep_firing_for: "60s" },
        { ...soon, expr: "rate(x[30s] offset 6s)", for: "90s", keep_firing_for: "60s" },
        { ...sooner, expr: "rate(x[30s] offset 6s)", for: "60s", keep_firing_for: "60s" },
        { record: "a:b:c", expr: "rate(x[360s])" },
      ],
    },
    machine,
  ]);
});

test("Alertmanager tells sooner, and of the Watchdog as often as before", () => {
  const watchdog = { receiver: "watchdog", group_interval: "1m", repeat_interval: "1m" };
  const route = { receiver: "warning", group_wait: "30s", group_interval: "5m", repeat_interval: "12h" };
  const quick = parse(quickAlertmanager(stringify({ route: { ...route, routes: [watchdog] }, receivers: [] })));
  assert.deepEqual(quick.route, { ...route, group_wait: "5s", group_interval: "10s", routes: [watchdog] });
});

test.run();
