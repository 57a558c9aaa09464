import assert from "node:assert/strict";
import { test } from "uvu";
import type { Failure } from "../../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../../scripts/lib/kubectl.js";
import { expiryOf, namespaceOfAccount } from "../../../../scripts/lib/outside/account.js";
import { said } from "../../../../scripts/lib/outside/index.js";

function cluster(...namespaces: readonly string[]): Kubectl {
  const items = namespaces.map((namespace) => ({ metadata: { namespace } }));
  return { flags: ["--context", "east"], json: async () => ({ items }) } as unknown as Kubectl;
}

async function refusal(kubectl: Kubectl): Promise<string> {
  const error = await namespaceOfAccount(kubectl).then(
    () => assert.fail("accepted"),
    (refused: Failure) => refused,
  );
  return `${error.message}; ${error.cure}`;
}

test("the account is found where it is", async () => {
  assert.equal(await namespaceOfAccount(cluster("watching")), "watching");
});

test("a cluster without the account is an error that says how it gets one", async () => {
  assert.equal(
    await refusal(cluster()),
    "the cluster has no ServiceAccount prometheus-outside; kubectl apply -k overlays/bare-metal --context east",
  );
});

test("several accounts are an error that asks which", async () => {
  assert.match(await refusal(cluster("a", "b")), /in several namespaces: a, b; say which: --namespace a/);
});

test("a token says when it ends; one that does not is refused", () => {
  const token = (claims: object) => `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;
  assert.equal(expiryOf(token({ exp: 1_800_000_000 })).toISOString(), "2027-01-15T08:00:00.000Z");
  assert.throws(() => expiryOf(token({})), /does not say when it ends/);
});

test("what is said names the end of the token, and that it is sooner than asked for", () => {
  const written = {
    folder: "/tmp/outside",
    apiServer: "https://127.0.0.1:6443",
    account: "watching/prometheus-outside",
    expires: new Date("2027-01-02T00:00:00Z"),
    again: "npm run outside -- --context east",
    lifetimeSeconds: 90 * 86_400,
  };
  const text = said(written, new Date("2027-01-01T00:00:00Z"));
  assert.match(text, /until 2027-01-02 00:00 UTC\n +sooner than asked for/);
  assert.match(text, /note: +https:\/\/127\.0\.0\.1:6443 is this machine alone/);
  assert.doesNotMatch(said({ ...written, lifetimeSeconds: 86_400 }, new Date("2027-01-01T00:00:00Z")), /sooner/);
});

test.run();
