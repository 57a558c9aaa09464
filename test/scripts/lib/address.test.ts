import assert from "node:assert/strict";
import { test } from "uvu";
import { hostAndPort, scraped } from "../../../scripts/lib/address.js";

test("an IPv6 address reads the same from the cluster and out of a scrape URL", () => {
  assert.equal(hostAndPort("fd00:0:0::1", 10250), "[fd00::1]:10250");
  assert.equal(scraped("https://[fd00::1]:10250/metrics").address, "[fd00::1]:10250");
});

test("the port that a URL leaves out is its scheme's", () => {
  assert.deepEqual(scraped("https://10.0.0.1/metrics"), { address: "10.0.0.1:443", path: "/metrics" });
  assert.deepEqual(scraped("https://10.0.0.1:443/metrics"), { address: "10.0.0.1:443", path: "/metrics" });
  assert.equal(scraped("http://10.0.0.1/").address, "10.0.0.1:80");
});

test("parameters are part of the path, since probes differ in nothing else", () => {
  const { address, path } = scraped("http://blackbox:9115/probe?module=http_2xx&target=a%20b");
  assert.deepEqual([address, path], ["blackbox:9115", "/probe?module=http_2xx&target=a+b"]);
});

test.run();
