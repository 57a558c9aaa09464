import assert from "node:assert/strict";
import { test } from "uvu";
import { probes } from "../../../../generators/prometheus/scrape/probes.js";
import { scraped } from "../../../../scripts/lib/address.js";
import { Failure } from "../../../../scripts/lib/failure.js";
import { probeTargets } from "../../../../scripts/lib/verify/probes.js";

const { config, expects } = probes();

function expected(data: Readonly<Record<string, string>>) {
  assert.ok(expects.every === "probe");
  return probeTargets(expects, config, {
    overlay: "overlays/devbox",
    configMaps: [{ name: "prometheus-scrape", data }],
  });
}

test("each address of each file of probes is expected, as Prometheus asks for it", () => {
  const targets = expected({
    "probes.yaml": '- targets: ["db.shop.svc:5432"]\n  labels: { module: tcp_connect }\n',
    "probes-shop.yaml": '- targets: ["https://shop.example.com/?a=b c"]\n',
    "probes.yml": "scrape_configs: []\n",
  });
  assert.deepEqual(
    targets.map(({ owner }) => owner),
    ["probe of db.shop.svc:5432", "probe of https://shop.example.com/?a=b c"],
  );
  // As Go writes a query: parameters in the order of the alphabet, a blank as a plus.
  const urls = [
    "http://blackbox-exporter:9115/probe?module=tcp_connect&target=db.shop.svc%3A5432",
    "http://blackbox-exporter:9115/probe?module=http_2xx&target=https%3A%2F%2Fshop.example.com%2F%3Fa%3Db+c",
  ];
  assert.deepEqual(
    targets.map(({ addresses: [address], path }) => ({ address, path })),
    urls.map(scraped),
  );
});

test("a file that is no list of targets is named, with what would be right", () => {
  for (const text of ["targets: [a]\n", "- [a\n", "- a\n"]) {
    assert.throws(
      () => expected({ "probes-shop.yaml": text }),
      (error) =>
        error instanceof Failure && /overlays\/devbox: probes-shop\.yaml .*prometheus-scrape/.test(error.message),
    );
  }
});

test.run();
