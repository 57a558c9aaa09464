import assert from "node:assert/strict";
import { test } from "uvu";
import { components } from "../../../../generators/index.js";
import { defaults } from "../../../../generators/settings/index.js";
import { componentsSections } from "../../../../proof/lib/docs/components.js";
import { checkSection } from "../../../../proof/lib/docs/section.js";

const all = components(defaults);
const sections = componentsSections();
const rowOf = (name: string) => {
  const [english] = sections;
  return english?.text.split("\n").find((line) => line.startsWith(`| [\`${name}\`]`));
};

for (const section of sections) {
  test(`the components in ${section.file} are what the generators give`, async () => {
    await checkSection(section);
  });
}

test("every Component has a row, and those of platforms have docs/platforms.md", () => {
  assert.deepEqual(
    all.filter(({ name }) => rowOf(name) === undefined).map(({ name }) => name),
    all.filter(({ name }) => name.startsWith("platform-")).map(({ name }) => name),
  );
});

test("a row says what has to be listed before, also where the other Component says so", () => {
  assert.match(rowOf("basic-auth") ?? "", /\| `prometheus-ha` \|$/);
  assert.match(rowOf("namespaced-access") ?? "", /\| `coredns` \|$/);
});

test("Components that write what another one rewrites are said in words, and those that it goes after besides by name", () => {
  assert.match(
    rowOf("lean") ?? "",
    /\| `kube-state-metrics-shards`, every Component that brings or replaces a file which it rewrites \|$/,
  );
  assert.match(
    rowOf("native-histograms") ?? "",
    /\| `lean`, every Component that brings or replaces a file which it rewrites \|$/,
  );
});

test("a sentence without a translation is an error that names the file, the Component and the sentence", () => {
  const few = all.filter(({ name }) => name === "etcd" || name === "ingress");
  const translations = { "Scrapes etcd at its port for metrics.": "…" };
  assert.throws(
    () => componentsSections(few, translations),
    /components\.ts: Component ingress has no Japanese for "Opens/,
  );
});

test("a translation of what no Component says any more is an error", () => {
  const changed = all.map((one) => (one.name === "etcd" ? { ...one, about: "Reads etcd." } : one));
  assert.throws(() => componentsSections(changed), /no Component is about "Scrapes etcd at its port for metrics\."/);
});

test.run();
