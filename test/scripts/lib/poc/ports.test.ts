import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "uvu";
import { Failure } from "../../../../scripts/lib/failure.js";
import { portFrom, requireFree } from "../../../../scripts/lib/poc/ports.js";

test("a port is read as a whole number", () => {
  assert.equal(portFrom("19090", "--port"), 19090);
});

for (const text of ["", "0", "65536", "90x", "-1", "9.5", "0x10"]) {
  test(`${JSON.stringify(text)} is no port, and the message names the option`, () => {
    assert.throws(
      () => portFrom(text, "--port"),
      (error) => error instanceof Failure && error.message.includes("--port"),
    );
  });
}

for (const address of ["127.0.0.1", "0.0.0.0"]) {
  test(`a port that someone has on ${address} is named, and who has it, and how to choose another`, async () => {
    const port = await withServer(address, async (port) => {
      await assert.rejects(requireFree(port, "--port PORT"), (error) => {
        assert.ok(error instanceof Failure);
        assert.match(
          error.message,
          new RegExp(`^port ${port} is occupied by (another program|.+ \\(process \\d+\\))$`),
        );
        assert.match(error.cure ?? "", /--port PORT/);
        return true;
      });
      return port;
    });
    await requireFree(port, "--port PORT");
  });
}

async function withServer<T>(address: string, work: (port: number) => Promise<T>): Promise<T> {
  const server = createServer().listen(0, address);
  await once(server, "listening");
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    server.close();
    await once(server, "close");
  }
}

test.run();
