import assert from "node:assert/strict";
import { test } from "uvu";
import { allRuleFiles } from "../../../generators/prometheus/rules/index.js";
import { defaults, milliseconds, settingsFrom } from "../../../generators/settings/index.js";
import { moved } from "../../../generators/settings/moved.js";
import { type Shape, settingsTree } from "../../../proof/lib/settings-tree.js";

test("what is left out has its default", () => {
  assert.deepEqual(settingsFrom({ prometheus: { retentionTime: "2d" } }), {
    ...defaults,
    prometheus: { ...defaults.prometheus, retentionTime: "2d" },
  });
  assert.deepEqual(settingsFrom(undefined), defaults);
});

const wrong: [string, unknown, RegExp][] = [
  ["an unknown setting", { retention: "2d" }, /unknown setting "retention": known are .*prometheus/],
  [
    "an unknown threshold",
    { thresholds: { targets: { down: 1 } } },
    /unknown setting "thresholds\.targets\.down": known are downRatio, downSeconds/,
  ],
  [
    "a wrong duration",
    { scrape: { interval: "15" } },
    /"scrape\.interval" is "15": must be a Prometheus duration such as "15s"/,
  ],
  ["a duration of zero", { scrape: { interval: "0s" } }, /"scrape\.interval" is "0s": must be longer than zero/],
  ["units out of order", { prometheus: { retentionTime: "1m2h" } }, /"prometheus\.retentionTime"/],
  [
    "a wrong quantity",
    { prometheus: { memoryLimit: "2 GB" } },
    /"prometheus\.memoryLimit" is "2 GB": must be a Kubernetes quantity/,
  ],
  [
    "a wrong size",
    { prometheus: { retentionSize: "8Gi" } },
    /"prometheus\.retentionSize" is "8Gi": must be a size as Prometheus writes it/,
  ],
  ["negative replicas", { prometheus: { replicas: -1 } }, /"prometheus\.replicas" is -1: must be at least 1/],
  ["half a replica", { prometheus: { replicas: 1.5 } }, /"prometheus\.replicas" is 1.5: must be a whole number/],
  ["text for a number", { prometheus: { replicas: "two" } }, /"prometheus\.replicas" is "two": must be a number/],
  ["null", { namespace: null }, /"namespace" is null: must be a string/],
  [
    "a wrong choice",
    { scrape: { kubeletTls: "off" } },
    /"scrape\.kubeletTls" is "off": must be "verified" or "insecure"/,
  ],
  ["a namespace that is no DNS label", { namespace: "Monitoring" }, /"namespace" is "Monitoring": must be a DNS label/],
  [
    "a timeout above the interval",
    { scrape: { timeout: "1m" } },
    /"scrape\.timeout".*must be at most scrape\.interval/,
  ],
  [
    "a rare scrape",
    { scrape: { interval: "5m" } },
    /"scrape\.interval" is "5m": must be at most 75s: the rules look at five/,
  ],
  [
    "a duration without end",
    { prometheus: { retentionTime: "101y" } },
    /"prometheus\.retentionTime" is "101y": must be at most 100y/,
  ],
  [
    "half a byte",
    { prometheus: { memoryLimit: "0.5" } },
    /"prometheus\.memoryLimit" is "0.5": must be a whole number of bytes/,
  ],
  [
    "a request above its limit",
    { prometheus: { memoryLimit: "256Mi" } },
    /"prometheus\.memoryRequest" is "512Mi": .* prometheus\.memoryLimit, which is 256Mi/,
  ],
  [
    "more samples than the volume holds",
    { prometheus: { retentionSize: "9GB" } },
    /"prometheus\.retentionSize" is "9GB": must be at most 85 % of prometheus\.volumeSize, which is 10Gi/,
  ],
  [
    "a pattern that is none",
    { thresholds: { prometheus: { volumeClaims: "a**" } } },
    /"thresholds\.prometheus\.volumeClaims" is "a\*\*": must be a regular expression as Prometheus reads it/,
  ],
  ["a template for an address", { runbooks: "{{ $value }}" }, /"runbooks" is .*: must be an address such as/],
  [
    "a number without end",
    { cluster: { maxNodes: Number.POSITIVE_INFINITY } },
    /"cluster\.maxNodes" is .*: must be a whole number/,
  ],
  ["text for a block", { thresholds: "high" }, /"thresholds" is "high": must be a mapping of names to values/],
  ["a dot within a name", { "thresholds.node": {} }, /unknown setting "thresholds\.node": known are namespace,/],
  [
    "a number that JSON has not",
    { prometheus: { replicas: 2n } },
    /"prometheus\.replicas" is \[object BigInt\]: must be a number/,
  ],
  ["text for a list", { blackboxExporter: { probes: "a" } }, /"blackboxExporter\.probes" is "a": must be a list/],
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
  ["a port for root alone", { nodeExporter: { port: 80 } }, /"nodeExporter\.port" is 80: must be at least 1024/],
  [
    "the kubelet's port",
    { nodeExporter: { port: 10250 } },
    /"nodeExporter\.port" is 10250: must not be a port of Kubernetes/,
  ],
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

test("a setting that has moved is an error that names its place, and every place is there", () => {
  for (const [name, now] of Object.entries(moved)) {
    assert.throws(() => settingsFrom({ [name]: "a" }), new RegExp(`it is ${now.replace(".", "[.]")} now`), name);
    const [group = "", own = ""] = now.split(".");
    assert.ok(own in Object(defaults[group as keyof typeof defaults]), now);
  }
});

test("the example of each subject is taken and changes something", () => {
  const shown = settingsTree().filter(({ example }) => example !== undefined);
  assert.ok(shown.length > 10);
  for (const { name, example } of shown) {
    const settings = settingsFrom({ [name]: example });
    assert.notDeepEqual(settings, defaults, name);
    allRuleFiles(settings);
  }
});

test("several wrong settings are all named", () => {
  assert.throws(
    () => settingsFrom({ prometheus: { replicas: 0 }, namespace: "" }),
    /"namespace".*\n.*"prometheus\.replicas"/,
  );
});

/** Every number among the settings, as a function that says it alone. */
function numbersIn(shape: Shape): ((value: unknown) => unknown)[] {
  if (shape.is === "number") return [(value) => value];
  if (shape.is === "block") {
    return shape.settings.flatMap(({ name, shape }) =>
      numbersIn(shape).map((say) => (value: unknown) => ({ [name]: say(value) })),
    );
  }
  if (shape.is !== "map") return [];
  return numbersIn(shape.of).map((say) => (value: unknown) => ({ [shape.keys?.[0] ?? "a"]: say(value) }));
}

test("a number out of range has one message, and the bound in it is taken", () => {
  const all = numbersIn({ is: "block", settings: settingsTree() });
  assert.ok(all.length > 100);
  for (const say of all) {
    for (const value of [-1.5, -1, 0, 0.5, 1.5, 1e-10, 1e9 + 1, 1e10 + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      let message = "";
      try {
        settingsFrom(say(value));
      } catch (error) {
        message = (error as Error).message;
      }
      assert.doesNotMatch(message, /\n/);
      const [, bound] = /must be at (?:least|most) (\d[\d.e-]*)/.exec(message) ?? [];
      if (bound !== undefined) settingsFrom(say(Number(bound)));
    }
  }
});

test("durations are read unit by unit", () => {
  assert.equal(milliseconds("1h30m"), 5_400_000);
  assert.equal(milliseconds("250ms"), 250);
  assert.equal(milliseconds("1m"), 60_000);
});

test.run();
