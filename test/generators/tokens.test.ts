import assert from "node:assert/strict";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import { test } from "uvu";
import { edges } from "../../generators/derive/edges.js";
import { stack } from "../../generators/index.js";
import { scrapeJobs } from "../../generators/prometheus/scrape/index.js";
import { defaults } from "../../generators/settings/index.js";

const components = stack(defaults);
const calling = edges(components, scrapeJobs(defaults), "prometheus")
  .filter(({ to }) => to === "api servers")
  .map(({ from }) => JSON.stringify(from));

for (const { name, objects } of components) {
  for (const object of objects) {
    const template = (object.toJSON() as Partial<IDeployment>).spec?.template;
    if (template === undefined) continue;
    const calls = calling.includes(JSON.stringify({ base: name }));

    test(`${name} ${calls ? "has a token, since it calls the API" : "has no token, since it calls no API"}`, () => {
      assert.equal(template.spec?.automountServiceAccountToken, calls);
    });
  }
}

test("no ServiceAccount hands out its token unasked", () => {
  const accounts = components.flatMap(({ objects }) => objects.filter(({ kind }) => kind === "ServiceAccount"));
  assert.ok(accounts.length > 0);
  for (const account of accounts) {
    assert.equal((account.toJSON() as IServiceAccount).automountServiceAccountToken, false);
  }
});

test.run();
