import assert from "node:assert/strict";
import { test } from "uvu";
import { grafana } from "../../../../generators/grafana/index.js";
import type { Base } from "../../../../generators/lib/base-and-component.js";
import { objectsOf } from "../../../../generators/lib/objects.js";
import { prometheus } from "../../../../generators/prometheus/index.js";
import { settingsFrom } from "../../../../generators/settings/index.js";
import { dataSource } from "../../../../scripts/lib/checks/data-source.js";
import type { RenderedObject } from "../../../../scripts/lib/rendered/objects.js";
import { messages, object } from "./fixtures.js";

const every = (interval: string) => settingsFrom({ scrape: { interval } });
/** Without dashboards and rules, as writing them takes long. */
const configured = (base: Base) =>
  objectsOf({ ...base, configMaps: (base.configMaps ?? []).filter(({ name }) => name.endsWith("-config")) });
const both = (ofGrafana: string, ofPrometheus: string) =>
  [...configured(grafana(every(ofGrafana))), ...configured(prometheus(every(ofPrometheus)))] as RenderedObject[];

test("Grafana's data source follows the interval of the scrapes", async () => {
  for (const interval of ["15s", "30s", "1m"])
    assert.deepEqual(await messages(dataSource, ...both(interval, interval)), []);
  assert.deepEqual(await messages(dataSource, ...both("60s", "1m")), []);
});

test("one that does not fit is named, as where the plugin has another interval than base/components/grafana", async () => {
  const [problem = "", ...more] = await messages(dataSource, ...both("15s", "30s"));
  assert.match(problem, /ConfigMap .*grafana-config: .* timeInterval: 15s, and .* scrape_interval is 30s/);
  assert.deepEqual(more, []);
});

test("jobs that are scraped otherwise than the rest count where they are the most", async () => {
  const jobs = (...intervals: string[]) =>
    object(
      "v1",
      "ConfigMap",
      { name: "jobs", namespace: "monitoring-system" },
      {
        data: Object.fromEntries(
          intervals.map((scrape_interval, index) => [
            `${index}.yml`,
            `scrape_configs: [{ job_name: "${index}", scrape_interval: ${scrape_interval} }]`,
          ]),
        ),
      },
    );
  assert.deepEqual(await messages(dataSource, ...both("15s", "15s"), jobs("15s", "15s", "30s", "5m")), []);
  const many = jobs(...Array.from({ length: 20 }, () => "30s"));
  assert.deepEqual(await messages(dataSource, ...both("30s", "15s"), many), []);
  assert.match(
    (await messages(dataSource, ...both("15s", "15s"), many)).join(),
    /scrape_interval is 30s for most jobs/,
  );
});

test.run();
