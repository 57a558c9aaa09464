import assert from "node:assert/strict";
import { test } from "uvu";
import { child } from "../../scripts/lib/child.js";
import { withComponents } from "../../scripts/lib/cost/replay/forms.js";
import { replay } from "../../scripts/lib/cost/replay/index.js";
import { root } from "../../scripts/lib/project.js";
import { readExpositions } from "../../scripts/lib/read-expositions.js";
import { ofKind, type Rendered } from "../../scripts/lib/rendered/objects.js";

/** The stack with the file of one job changed. */
function withFile(rendered: Rendered, file: string, change: (text: string) => string): Rendered {
  const maps = ofKind(rendered.objects, "v1/ConfigMap").filter(({ data }) => data?.[file]?.includes("scrape_configs"));
  assert.equal(maps.length, 1, file);
  return {
    ...rendered,
    objects: rendered.objects.map((object) => {
      const [map] = maps;
      if (object !== map) return object;
      const text = change(map.data?.[file] ?? "");
      assert.notEqual(text, map.data?.[file], `${file} has nothing to change`);
      return { ...map, data: { ...map.data, [file]: text } };
    }),
  };
}

test("npm run cost -- --replay loses no query of any rule or panel, and keeps little that nobody reads", async () => {
  const { code, output } = await child("node", ["scripts/run.js", "scripts/cost.ts", "--replay"], { cwd: root });
  assert.equal(code, 0, output);
  assert.match(output, /(\d{3,}) of \1 queries give the same in both forms/);
});

test("a name and buckets that are taken away are told, by the queries that they are taken from", async () => {
  const [full, lean] = [
    await withComponents(["grafana", "coredns"]),
    await withComponents(["grafana", "coredns", "lean"]),
  ];
  const broken = withFile(lean, "coredns.yml", (text) =>
    text
      .replace(/coredns_panics_total\|/, "")
      .replace(
        "metric_relabel_configs:",
        'metric_relabel_configs:\n      - { action: drop, source_labels: [__name__, le], regex: "coredns_dns_request_duration_seconds_bucket;[1-9].*" }',
      ),
  );
  const targets = (await readExpositions()).filter(({ job }) => job === "coredns");
  const { replayed } = await replay({ full, lean: broken }, targets, async () => undefined);
  const told = replayed.differences.map(({ kind, of, name }) => `${kind} ${name} of ${of}`);
  assert.ok(
    told.some((one) => one.startsWith("alert CoreDNSPanics of coredns.yml")),
    told.join("\n"),
  );
  assert.ok(
    told.some((one) => one.startsWith("alert CoreDNSLatencyHigh of coredns.yml")),
    told.join("\n"),
  );
  assert.ok(told.length < 12, told.join("\n"));
});

test.run();
