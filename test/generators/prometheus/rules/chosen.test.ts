import assert from "node:assert/strict";
import { test } from "uvu";
import { silent } from "../../../../generators/alertmanager/config.js";
import { base } from "../../../../generators/index.js";
import { allRuleFiles } from "../../../../generators/prometheus/rules/index.js";
import { defaults, settingsFrom } from "../../../../generators/settings/index.js";
import { coverage } from "../../../../proof/lib/docs/coverage.js";
import { alertsOf } from "../../../../scripts/lib/checks/rules/alerts.js";

function alerts(settings: object) {
  return alertsOf(allRuleFiles(settingsFrom({ alerts: settings }))).map(({ rule }) => rule);
}

const off = { InfoInhibitor: { off: "We look at every alert." }, NodeFilesystemAlmostOutOfSpace: { off: "Quotas." } };

test("an alert that is off is nowhere, with each of its severities, and all others are as they were", () => {
  const usual = alerts({});
  assert.deepEqual(
    alerts(off),
    usual.filter(({ alert }) => !(alert in off)),
  );
  assert.equal(usual.length - alerts(off).length, 3);
});

test("its inhibitions go, and its own route", () => {
  const files = base(settingsFrom({ alerts: { ...off, Watchdog: { off: "Nobody waits for it." } } }));
  const text = (path: string) => files.get(path) ?? "";
  for (const path of ["alertmanager/alertmanager.yml", "components/alertmanager-webhooks/alertmanager.yml"]) {
    assert.match(text(path), /severity="critical"/);
    assert.doesNotMatch(text(path), /alertname=/, path);
  }
  assert.equal(silent(defaults).inhibit_rules?.length, 4);
});

test("the table of coverage says that it is off, and why", () => {
  const settings = settingsFrom({ alerts: off });
  const rows = coverage(allRuleFiles(defaults), settings.alerts).flatMap(([, rows]) => rows);
  assert.deepEqual(
    rows
      .filter((row) => "reason" in row && /^\w+ is off: /.test(row.reason))
      .map((row) => "reason" in row && row.reason),
    ["InfoInhibitor is off: We look at every alert.", "NodeFilesystemAlmostOutOfSpace is off: Quotas."],
  );
});

test("an alert has the severity that it is given", () => {
  const [given] = alerts({ KubePodCrashLooping: { severity: "critical" } }).filter(
    ({ alert }) => alert === "KubePodCrashLooping",
  );
  assert.equal(given?.labels.severity, "critical");
});

const wrong: [string, object, RegExp][] = [
  [
    "an alert that does not exist",
    { KubePodCrashloping: { off: "a" } },
    /is about no alert: did you mean KubePodCrashLooping\?/,
  ],
  ["a name that is near none", { Everything: { off: "a" } }, /is about no alert: docs\/alerts\.md lists them/],
  ["no reason", { Watchdog: { off: "" } }, /"alerts\.Watchdog\.off" is "": must be a sentence/],
  ["a reason of two lines", { Watchdog: { off: "a\nb" } }, /must be a sentence in one line/],
  ["neither of both", { Watchdog: {} }, /"alerts\.Watchdog" is \{\}: must have one of "off" and "severity"/],
  ["a severity that there is not", { KubeJobFailed: { severity: "page" } }, /must be one of critical, warning, info/],
  ["a key that there is not", { KubeJobFailed: { of: "a" } }, /"alerts\.KubeJobFailed\.of": did you mean off\?/],
  [
    "one of two severities",
    { NodeFilesystemAlmostOutOfSpace: { severity: "info" } },
    /has warning and critical: set its/,
  ],
  ["the severity of what tells nobody", { Watchdog: { severity: "info" } }, /tells nobody: leave it out/],
];

for (const [name, settings, message] of wrong) {
  test(`${name} is an error`, () => assert.throws(() => alerts(settings), message));
}

test.run();
