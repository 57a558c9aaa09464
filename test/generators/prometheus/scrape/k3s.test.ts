import assert from "node:assert/strict";
import { test } from "uvu";
import { allDashboards } from "../../../../generators/grafana/dashboards/index.js";
import { allRuleFiles } from "../../../../generators/prometheus/rules/index.js";
import { k3sJobs } from "../../../../generators/prometheus/scrape/k3s.js";
import { defaults } from "../../../../generators/settings/index.js";
import { selectors } from "../../../../metrics/promql/selectors.js";
import { withoutVariables } from "../../../../metrics/promql/variables.js";
import { panelsOf } from "../../../../scripts/lib/checks/rules/dashboard-findings.js";
import { readCatalogues } from "../../../../scripts/lib/read-catalogues.js";

const catalogues = await readCatalogues();
const namesOf = (...jobs: string[]) => new Set(jobs.flatMap((job) => Object.keys(catalogues.get(job) ?? {})));
const controlPlane = namesOf("kubernetes-apiservers", "kube-scheduler", "kube-controller-manager");
const nodes = namesOf("kubelet", "kube-proxy");
const everything = new Set([...controlPlane, ...nodes]);

/** Names of metrics that a job keeps of all that k3s has. */
function kept(job: string): (name: string) => boolean {
  const found = k3sJobs(defaults).find(({ config }) => config.job_name === job)?.config.metric_relabel_configs ?? [];
  const patterns = found.flatMap((step) => ("regex" in step && step.regex ? [new RegExp(`^(?:${step.regex})$`)] : []));
  assert.equal(patterns.length, 1, `job ${job} drops nothing`);
  return (name) => !patterns.some((pattern) => pattern.test(name));
}

test("on k3s no metric is in neither job", () => {
  const [kubelet, apiservers] = [kept("kubelet"), kept("kubernetes-apiservers")];
  assert.deepEqual(
    [...everything].filter((name) => !kubelet(name) && !apiservers(name)),
    [],
  );
});

test("on k3s a metric is in both jobs only where it is about the program as a whole", () => {
  const [kubelet, apiservers] = [kept("kubelet"), kept("kubernetes-apiservers")];
  const both = [...everything].filter((name) => kubelet(name) && apiservers(name));
  assert.deepEqual([...new Set(both.map((name) => name.split("_")[0]))].sort(), [
    ...["cardinality", "disabled", "go", "hidden", "kubernetes", "process", "registered", "rest", "workqueue"],
  ]);
});

test("on k3s each metric of the control plane alone, or of the nodes alone, stays with its own job", () => {
  const own = (names: Set<string>, others: Set<string>) => [...names].filter((name) => !others.has(name));
  assert.deepEqual(own(controlPlane, nodes).filter(kept("kubelet")), []);
  assert.deepEqual(own(nodes, controlPlane).filter(kept("kubernetes-apiservers")), []);
});

for (const job of ["kubelet", "kubernetes-apiservers"]) {
  test(`on k3s no rule and no panel reads what job ${job} drops`, () => {
    const ofRules = allRuleFiles(defaults).flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
    const ofPanels = allDashboards(defaults).flatMap(({ dashboard }) => panelsOf(dashboard.panels));
    const expressions = [
      ...ofRules.map(({ expr }) => expr),
      ...ofPanels.flatMap(({ targets }) => targets.map(({ expr }) => withoutVariables(expr, 15_000))),
    ];
    const read = expressions.flatMap(selectors).flatMap(({ metric, matchers }) => {
      const meant = matchers.some(({ label, operator, value }) => label === "job" && operator === "=" && value === job);
      return meant && metric !== undefined ? [metric] : [];
    });
    assert.ok(read.length > 10);
    assert.deepEqual(
      [...new Set(read)].filter((name) => !kept(job)(name)),
      [],
    );
  });
}

test("on k3s the kubelet's answer may be as large as that of an API server", () => {
  const sizes = k3sJobs(defaults).map(({ config }) => config.body_size_limit);
  assert.equal(sizes[0], sizes[1]);
});

test.run();
