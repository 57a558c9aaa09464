import assert from "node:assert/strict";
import { test } from "uvu";
import { scrapeJobs } from "../../../../generators/prometheus/scrape/index.js";
import { defaults } from "../../../../generators/settings/index.js";
import { graph } from "../../../../proof/lib/docs/architecture/graph.js";
import { architecture } from "../../../../proof/lib/docs/architecture/index.js";
import { layOut } from "../../../../proof/lib/docs/architecture/layout.js";
import { svg } from "../../../../proof/lib/docs/architecture/svg.js";
import { checkSection } from "../../../../proof/lib/docs/section.js";

const drawn = await layOut(graph());

test("the picture of the architecture is what the components give", async () => {
  await checkSection(await architecture());
});

test("every scrape job is in the picture", () => {
  const { boxes, arrows } = graph(defaults);
  const said = [...boxes.flatMap(({ itself }) => itself), ...arrows.flatMap(({ lines }) => lines)]
    .join(" ")
    .split(/[ ,]+/);
  for (const { config } of scrapeJobs(defaults)) assert.ok(said.includes(config.job_name), config.job_name);
});

test("what answers at a node's address is named, and stands on every node", () => {
  const onNodes = graph(defaults).boxes.flatMap(({ name, onNodes }) => (onNodes ? [name] : []));
  assert.ok(onNodes.includes("kubelet") && onNodes.includes("node-exporter"), onNodes.join());
  assert.deepEqual(
    graph(defaults).arrows.find(({ to }) => to === "kubelet"),
    { from: "prometheus", to: "kubelet", kind: "scrape", lines: ["kubelet, cadvisor :10250"] },
  );
});

test("no box covers another one, and all are within the picture", () => {
  for (const one of drawn.boxes) {
    assert.ok(one.x >= 0 && one.x + one.width <= drawn.width, `${one.name} is outside`);
    assert.ok(one.y >= 0 && one.y + one.height <= drawn.height, `${one.name} is outside`);
    const covered = drawn.boxes.filter(
      (other) =>
        other !== one &&
        one.x < other.x + other.width &&
        other.x < one.x + one.width &&
        one.y < other.y + other.height &&
        other.y < one.y + one.height,
    );
    assert.deepEqual(covered, [], `${one.name} is over others`);
  }
});

test("every colour is an attribute, for those who know neither style sheets nor variables", () => {
  const picture = svg(drawn);
  assert.doesNotMatch(picture, /var\(/);
  const shapes = [...picture.replace(/<style>.*?<\/style>/s, "").matchAll(/<(?:rect|path|text)\b[^>]*>/g)];
  assert.ok(shapes.length > 50);
  for (const [shape] of shapes) {
    assert.match(shape, / fill="(#[0-9a-f]{6}|none)"/);
    if (shape.includes('fill="none"')) assert.match(shape, / stroke="#[0-9a-f]{6}"/);
  }
});

test("names cannot break the picture", () => {
  const [box] = drawn.boxes;
  if (box === undefined) throw new Error("no box");
  assert.match(svg({ ...drawn, boxes: [{ ...box, name: "<a & b>" }] }), />&lt;a &amp; b&gt;<\/text>/);
});

test.run();
