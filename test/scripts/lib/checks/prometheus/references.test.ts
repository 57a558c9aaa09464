import assert from "node:assert/strict";
import { test } from "uvu";
import { reroot } from "../../../../../scripts/lib/checks/prometheus/references.js";
import { matches } from "../../../../../scripts/lib/rendered/glob.js";

const text = `# head
scrape_config_files: [/etc/prometheus/scrape/*.yml]
rule_files:
  - "rules/*.yml" # beside it
scrape_configs:
  - job_name: kubelet
    metrics_path: /metrics/cadvisor
    tls_config: { ca_file: /run/ca.crt }
    file_sd_configs: [{ files: [targets.json] }]
`;

test("every path leads below the new root, and nothing else changes", () => {
  assert.equal(
    reroot(text, "/etc/prometheus/config", "/tmp/x").text,
    `# head
scrape_config_files: ["/tmp/x/etc/prometheus/scrape/*.yml"]
rule_files:
  - "/tmp/x/etc/prometheus/config/rules/*.yml" # beside it
scrape_configs:
  - job_name: kubelet
    metrics_path: /metrics/cadvisor
    tls_config: { ca_file: "/tmp/x/run/ca.crt" }
    file_sd_configs: [{ files: ["/tmp/x/etc/prometheus/config/targets.json"] }]
`,
  );
});

test("each path is reported with its field", () => {
  assert.deepEqual(reroot(text, "/etc/prometheus/config", "/tmp/x").references, [
    { field: "scrape_config_files", path: "/etc/prometheus/scrape/*.yml", pattern: true },
    { field: "rule_files", path: "/etc/prometheus/config/rules/*.yml", pattern: true },
    { field: "ca_file", path: "/run/ca.crt", pattern: false },
    { field: "files", path: "/etc/prometheus/config/targets.json", pattern: true },
  ]);
});

test("a text that is no YAML is refused with its line", () => {
  assert.throws(() => reroot("a: [1", "/", "/tmp"), /line 1/);
});

test("a star does not cross folders, and a dot is a dot", () => {
  assert.ok(matches("/a/*.yml", "/a/b.yml"));
  assert.ok(!matches("/a/*.yml", "/a/b/c.yml"));
  assert.ok(!matches("/a/*.yml", "/a/bxyml"));
  assert.ok(matches("/a/?.yml", "/a/b.yml"));
});

test.run();
