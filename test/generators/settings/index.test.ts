import assert from "node:assert/strict";
import { test } from "uvu";
import { defaults, milliseconds, settingsFrom } from "../../../generators/settings/index.js";

test("what is left out has its default", () => {
  assert.deepEqual(settingsFrom({ retentionTime: "2d" }), { ...defaults, retentionTime: "2d" });
  assert.deepEqual(settingsFrom(undefined), defaults);
});

const wrong: [string, unknown, RegExp][] = [
  ["an unknown setting", { retention: "2d" }, /unknown setting "retention": known are .*retentionTime/],
  [
    "an unknown threshold",
    { thresholds: { targets: { down: 1 } } },
    /unknown setting "thresholds\.targets\.down": known are downRatio, downSeconds/,
  ],
  [
    "a wrong duration",
    { scrapeInterval: "15" },
    /"scrapeInterval" is "15": must be a Prometheus duration such as "15s"/,
  ],
  ["a duration of zero", { scrapeInterval: "0s" }, /"scrapeInterval" is "0s": must be longer than zero/],
  ["units out of order", { retentionTime: "1m2h" }, /"retentionTime"/],
  ["a wrong quantity", { memoryLimit: "2 GB" }, /"memoryLimit" is "2 GB": must be a Kubernetes quantity/],
  ["a wrong size", { retentionSize: "8Gi" }, /"retentionSize" is "8Gi": must be a size as Prometheus writes it/],
  ["negative replicas", { replicas: -1 }, /"replicas" is -1: must be at least 1/],
  ["half a replica", { replicas: 1.5 }, /"replicas" is 1.5: must be a whole number/],
  ["text for a number", { replicas: "two" }, /"replicas" is "two": must be a number/],
  ["null", { cluster: null }, /"cluster" is null: must be a string/],
  ["a wrong choice", { kubeletTls: "off" }, /"kubeletTls" is "off": must be "verified" or "insecure"/],
  ["a namespace that is no DNS label", { namespace: "Monitoring" }, /"namespace" is "Monitoring": must be a DNS label/],
  ["a timeout above the interval", { scrapeTimeout: "1m" }, /"scrapeTimeout".*must be at most scrapeInterval/],
  ["a rare scrape", { scrapeInterval: "5m" }, /"scrapeInterval" is "5m": must be at most 75s: the rules look at five/],
  ["a duration without end", { retentionTime: "101y" }, /"retentionTime" is "101y": must be at most 100y/],
  ["half a byte", { memoryLimit: "0.5" }, /"memoryLimit" is "0.5": must be a whole number of bytes/],
  ["a request above its limit", { memoryLimit: "256Mi" }, /"memoryRequest" is "512Mi": .* memoryLimit, which is 256Mi/],
  [
    "more samples than the volume holds",
    { retentionSize: "9GB" },
    /"retentionSize" is "9GB": must be at most 85 % of volumeSize, which is 10Gi/,
  ],
  [
    "a pattern that is none",
    { thresholds: { prometheus: { volumeClaims: "a**" } } },
    /"thresholds\.prometheus\.volumeClaims" is "a\*\*": must be a regular expression as Prometheus reads it/,
  ],
  ["a template for an address", { runbooks: "{{ $value }}" }, /"runbooks" is .*: must be an address such as/],
  ["a number without end", { maxNodes: Number.POSITIVE_INFINITY }, /"maxNodes" is .*: must be a whole number/],
  ["text for a block", { thresholds: "high" }, /"thresholds" is "high": must be a mapping of names to values/],
  ["a dot within a name", { "thresholds.node": {} }, /unknown setting "thresholds\.node": known are namespace,/],
  ["a number that JSON has not", { replicas: 2n }, /"replicas" is \[object BigInt\]: must be a number/],
  ["text for a list", { probes: "a" }, /"probes" is "a": must be a list/],
  [
    "an integration that there is none of",
    { alertmanager: { receivers: { critical: { slak_configs: [] } } } },
    /"alertmanager\.receivers\.critical\.slak_configs".*: must be one of .*slack_configs/,
  ],
  [
    "a secret that is written out",
    { alertmanager: { receivers: { critical: { pagerduty_configs: [{ routing_key: "a" }] } } } },
    /"alertmanager\.receivers\.critical\.pagerduty_configs\.0\.routing_key" is "…": must be in a file: write routing_key_file: /,
  ],
  [
    "an address that lets in whoever knows it",
    { alertmanager: { receivers: { critical: { slack_configs: [{ api_url: "https://a" }] } } } },
    /\.slack_configs\.0\.api_url" is "…": must be in a file: write api_url_file: /,
  ],
  [
    "a secret within a block",
    {
      alertmanager: {
        receivers: { warning: { webhook_configs: [{ http_config: { basic_auth: { password: "a" } } }] } },
      },
    },
    /\.0\.http_config\.basic_auth\.password" is "…": must be in a file: write password_file: /,
  ],
  [
    "a route to nobody who is there",
    { alertmanager: { routes: [{ receiver: "shop" }] } },
    /"alertmanager" is .*: must have every receiver that its routes name, and has none called shop/,
  ],
  ["a port for root alone", { nodeExporterPort: 80 }, /"nodeExporterPort" is 80: must be at least 1024/],
  ["the kubelet's port", { nodeExporterPort: 10250 }, /"nodeExporterPort" is 10250: must not be a port of Kubernetes/],
  ["a file above the project", { lean: { files: ["../a.yml"] } }, /"lean\.files\.0" is .*: must be within the project/],
  ["a file by way of a folder", { lean: { files: ["a/../../b.yml"] } }, /must be within the project/],
  [
    "a file from the root of the disk",
    { lean: { files: ["/a.yml"] } },
    /"lean\.files\.0" is .*: must be within the proj/,
  ],
  ["a list", ["2d"], /settings must be a mapping/],
  ["text", "2d", /settings must be a mapping/],
];

for (const [name, input, message] of wrong) {
  test(`${name} is an error that names it`, () => {
    assert.throws(() => settingsFrom(input), message);
  });
}

test("an address that everybody may know stands in a receiver", () => {
  const receivers = {
    critical: { opsgenie_configs: [{ api_url: "https://api.eu.opsgenie.com/", api_key_file: "/a" }] },
  };
  assert.deepEqual(settingsFrom({ alertmanager: { receivers } }).alertmanager.receivers, receivers);
});

test("a file of lean may have dots in its name", () => {
  const files = ["..a.yml", "a/b..c.json", ".hidden/a.promql"];
  assert.deepEqual(settingsFrom({ lean: { files } }).lean.files, files);
});

test("several wrong settings are all named", () => {
  assert.throws(() => settingsFrom({ replicas: 0, cluster: "" }), /"cluster".*\n.*"replicas"/);
});

test("durations are read unit by unit", () => {
  assert.equal(milliseconds("1h30m"), 5_400_000);
  assert.equal(milliseconds("250ms"), 250);
  assert.equal(milliseconds("1m"), 60_000);
});

test.run();
