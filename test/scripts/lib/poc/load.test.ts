import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "uvu";
import { load } from "../../../../scripts/lib/poc/load.js";

test("each core has one value for each step, none where Prometheus has none, and cores are in their order", async () => {
  const cores = await withAnswer(
    ({ start, step }) => ({
      status: "success",
      data: {
        result: [
          { metric: { cpu: "10" }, values: [[start, "0.25"]] },
          { metric: { cpu: "2" }, values: [[start + 2 * step, "0.5"]] },
        ],
      },
    }),
    (address) => load(address, 3, 5),
  );
  assert.deepEqual(cores, [
    { cpu: "2", values: [undefined, undefined, 0.5] },
    { cpu: "10", values: [0.25, undefined, undefined] },
  ]);
});

test("a refused query is an error with Prometheus' reason", async () => {
  await withAnswer(
    () => ({ status: "error", error: "query timed out" }),
    (address) => assert.rejects(load(address, 3, 5), /query timed out/),
  );
});

async function withAnswer<T>(
  answer: (asked: { start: number; step: number }) => object,
  work: (address: string) => Promise<T>,
): Promise<T> {
  const server = createServer(({ url }, response) => {
    const asked = new URL(url ?? "", "http://localhost").searchParams;
    response.end(JSON.stringify(answer({ start: Number(asked.get("start")), step: Number(asked.get("step")) })));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test.run();
