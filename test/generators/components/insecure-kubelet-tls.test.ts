import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { files } from "../../lib/files.js";

const read = (path: string) => parse(files.get(path) ?? assert.fail(`no base/${path}`)).scrape_configs[0];

for (const job of ["kubelet", "cadvisor"]) {
  test(`${job} verifies TLS by default`, () => {
    const { tls_config } = read(`prometheus/scrape/${job}.yml`);
    assert.deepEqual(tls_config, { ca_file: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt" });
  });

  test(`insecure_skip_verify is all that differs for ${job}`, () => {
    const verified = read(`prometheus/scrape/${job}.yml`);
    const insecure = read(`components/insecure-kubelet-tls/scrape/${job}.yml`);
    assert.deepEqual(insecure.tls_config, { insecure_skip_verify: true });
    assert.deepEqual({ ...insecure, tls_config: verified.tls_config }, verified);
  });
}

test("the feature replaces nothing but the kubelet's two jobs", () => {
  const below = [...files.keys()].filter((path) => path.startsWith("components/insecure-kubelet-tls/scrape/"));
  assert.deepEqual(below.sort(), [
    "components/insecure-kubelet-tls/scrape/cadvisor.yml",
    "components/insecure-kubelet-tls/scrape/kubelet.yml",
  ]);
});

test.run();
