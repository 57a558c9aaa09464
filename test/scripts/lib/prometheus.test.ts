import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "uvu";
import { type PrometheusApi, prometheusAt } from "../../../scripts/lib/prometheus.js";

/** Does `work` with something that answers each request with that text. */
async function withAnswer<T>(text: string, work: (api: PrometheusApi, asked: string[]) => Promise<T>): Promise<T> {
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    response.end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await work(prometheusAt(address, { cure: "name another" }), asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a Prometheus at an address is asked there; one that does not answer is named", async () => {
  const { name, rules } = await withAnswer('{"data": {"groups": []}}', async (api, asked) => {
    assert.deepEqual(await api.rules(), []);
    assert.deepEqual(asked, ["/api/v1/rules"]);
    return api;
  });
  await assert.rejects(rules(), ({ message, cure }) => {
    assert.ok(message.startsWith(`${name} does not answer: `), message);
    return cure === "name another";
  });
});

test("a number counts as a series without labels", async () => {
  await withAnswer('{"data": {"resultType": "scalar", "result": [5, "3"]}}', async (api, asked) => {
    assert.deepEqual(await api.instant("1 + 2", 5), [{ metric: {}, value: [5, "3"] }]);
    assert.equal(await api.value("1 + 2"), 3);
    assert.deepEqual(asked, ["/api/v1/query?query=1+%2B+2&time=5", "/api/v1/query?query=1+%2B+2"]);
  });
  await withAnswer('{"data": {"resultType": "vector", "result": []}}', async (api) => {
    assert.ok(Number.isNaN(await api.value("nothing")));
  });
});

test("a refusal is told with its query and Prometheus' reason", async () => {
  await withAnswer('{"status": "error", "errorType": "bad_data", "error": "unknown function"}', async (api) => {
    await assert.rejects(api.instant("sun(up)"), /^Failure: Prometheus at .* refuses sun\(up\): unknown function$/);
  });
});

test("what is no Prometheus is told by the beginning of its answer", async () => {
  for (const text of ["<html>no</html>", "null", '"no"']) {
    await withAnswer(text, async (api) => {
      await assert.rejects(api.targets(), ({ message }) =>
        message.endsWith(`does not answer as Prometheus does: ${text}`),
      );
    });
  }
});

test.run();
