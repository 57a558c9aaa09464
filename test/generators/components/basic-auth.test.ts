import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { base } from "../../../generators/index.js";
import { defaults } from "../../../generators/settings.js";

const files = base(defaults);
const read = (path: string) => parse(files.get(path) ?? assert.fail(`no base/${path}`));
const patch = read("components/basic-auth/patch-pod.yaml");
const [container] = patch.spec.template.spec.containers;

test("logging in is all that differs in Prometheus' scrape of itself", () => {
  const { basic_auth, ...job } = read("components/basic-auth/scrape/prometheus.yml").scrape_configs[0];
  assert.deepEqual(job, read("prometheus/scrape/prometheus.yml").scrape_configs[0]);
  assert.deepEqual(basic_auth, read("components/basic-auth/http-client.yml").basic_auth);
});

test("every probe of the pod asks through promtool, and no probe is left that cannot log in", () => {
  const [plain] = read("prometheus/deployment.yaml").spec.template.spec.containers;
  const probes = Object.keys(plain).filter((field) => field.endsWith("Probe"));
  assert.deepEqual(
    Object.keys(container).filter((field) => field.endsWith("Probe")),
    probes,
  );
  for (const probe of probes) {
    assert.equal(container[probe].httpGet, null);
    assert.deepEqual(container[probe].exec.command.slice(0, 2), ["/bin/promtool", "check"]);
  }
});

test("names and passwords come from files of the Secret alone", () => {
  const [mount] = container.volumeMounts;
  for (const file of Object.values<string>(read("components/basic-auth/http-client.yml").basic_auth)) {
    assert.ok(file.startsWith(`${mount.mountPath}/`), file);
  }
  assert.deepEqual(patch.spec.template.spec.volumes, [{ name: mount.name, secret: { secretName: "prometheus-web" } }]);
});

test.run();
