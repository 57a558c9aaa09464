import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { files } from "../../lib/files.js";

const read = (path: string) => parse(files.get(path) ?? assert.fail(`no base/${path}`));
const prometheusLogin = read("components/basic-auth/http-client.yml");

for (const job of ["prometheus", "alertmanager"]) {
  test(`logging in is all that differs in Prometheus' scrape of ${job}`, () => {
    const { basic_auth, ...config } = read(`components/basic-auth/scrape/${job}.yml`).scrape_configs[0];
    assert.deepEqual(config, read(`prometheus/scrape/${job}.yml`).scrape_configs[0]);
    assert.deepEqual({ basic_auth }, prometheusLogin);
  });
}

test("logging in at Alertmanager is all that differs in prometheus.yml", () => {
  const { alerting, ...config } = read("components/basic-auth/prometheus.yml");
  const { alerting: plain, ...rest } = read("prometheus/prometheus.yml");
  assert.deepEqual(config, rest);
  assert.deepEqual(alerting.alertmanagers, [{ ...prometheusLogin, ...plain.alertmanagers[0] }]);
});

for (const [patched, workload, login, program] of [
  ["patch-pod.yaml", "prometheus/deployment.yaml", "http-client.yml", "/bin/promtool"],
  ["patch-alertmanager.yaml", "alertmanager/stateful-set.yaml", "alertmanager/http-client.yml", "/bin/amtool"],
] as const) {
  const pod = read(`components/basic-auth/${patched}`).spec.template.spec;
  const [container] = pod.containers;

  test(`every probe asks through ${program}, and no probe is left that cannot log in`, () => {
    const [plain] = read(workload).spec.template.spec.containers;
    const probes = Object.keys(plain).filter((field) => field.endsWith("Probe"));
    assert.deepEqual(
      Object.keys(container).filter((field) => field.endsWith("Probe")),
      probes,
    );
    for (const probe of probes) {
      assert.equal(container[probe].httpGet, null);
      assert.equal(container[probe].exec.command[0], program);
    }
  });

  test(`the name and the password that ${program} has come from files of the Secret alone`, () => {
    const [mount] = container.volumeMounts;
    for (const file of Object.values<string>(read(`components/basic-auth/${login}`).basic_auth)) {
      assert.ok(file.startsWith(`${mount.mountPath}/`), file);
    }
    assert.deepEqual(pod.volumes, [{ name: mount.name, secret: { secretName: "prometheus-web" } }]);
  });
}

test.run();
