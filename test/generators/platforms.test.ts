import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { platforms } from "../../generators/platforms/index.js";
import { platformJobs } from "../../generators/platforms/types.js";
import { files } from "../lib/files.js";

const read = (path: string) => parse(files.get(path) ?? assert.fail(`no base/${path}`));

/** Names of the jobs that a Component adds, also by those that it includes. */
function jobsOf(component: string): string[] {
  const { components = [] } = read(`components/${component}/kustomization.yaml`) as { components?: string[] };
  const own = [...files.keys()]
    .filter((path) => path.startsWith(`components/${component}/scrape/`))
    .map((path) => read(path).scrape_configs[0].job_name as string);
  return [...own, ...components.flatMap((other) => jobsOf(other.replace("../", "")))];
}

for (const { name, verdicts, sources } of platforms) {
  test(`platform-${name} has exactly the jobs that are on there`, () => {
    const on = platformJobs.filter((job) => verdicts[job].on);
    const found = jobsOf(`platform-${name}`).filter((job) => platformJobs.some((one) => one === job));
    assert.deepEqual(found.sort(), [...on].sort());
  });

  test(`platform-${name} says why each other job is off, and where that is from`, () => {
    for (const job of platformJobs) assert.ok(verdicts[job].on || verdicts[job].why !== "", job);
    assert.ok(sources.length > 0);
    for (const source of sources) assert.match(source, /^https:\/\//);
  });
}

test("EKS' control plane is read through the API server, with a permission for these two alone", () => {
  const role = read("components/platform-eks/cluster-role.yaml").rules as { resources?: string[] }[];
  const own = role.filter(({ resources = [] }) => resources.some((resource) => /^(ksh|kcm)\//.test(resource)));
  assert.deepEqual(own, [
    {
      apiGroups: ["metrics.eks.amazonaws.com"],
      resources: ["ksh/metrics", "kcm/metrics"],
      resourceNames: ["container"],
      verbs: ["get"],
    },
  ]);
  assert.equal(role.length, 1);
});

test.run();
