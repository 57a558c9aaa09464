import assert from "node:assert/strict";
import { test } from "uvu";
import type { Failure } from "../../../../scripts/lib/failure.js";
import { certificates, contextIn } from "../../../../scripts/lib/outside/reach.js";

const pem = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
const ca = Buffer.from(pem("QQ==")).toString("base64");

function view(cluster: Record<string, unknown>) {
  return { "current-context": "east", clusters: [{ cluster }] };
}

function refusal(cluster: Record<string, unknown>): string {
  try {
    contextIn(view(cluster));
  } catch (error) {
    return `${(error as Failure).message}; ${(error as Failure).cure}`;
  }
  return "accepted";
}

test("a context with an address and a CA is understood", () => {
  const context = contextIn(view({ server: "https://10.0.0.1:6443/", "certificate-authority-data": ca }));
  assert.deepEqual(context, { name: "east", server: "https://10.0.0.1:6443", ca: pem("QQ==") });
});

test("a context without encryption, or without a CA, is refused by name, with what would be right", () => {
  assert.match(refusal({ server: "http://10.0.0.1:8080" }), /context east is at "http:.*must not travel unencrypted/);
  assert.match(refusal({ server: "https://a:1" }), /context east names no CA; set certificate-authority-data/);
  const unverified = { server: "https://a:1", "insecure-skip-tls-verify": true };
  assert.match(refusal(unverified), /context east is not verified/);
});

test("a context that kubectl reaches by means that a host outside does not have is refused", () => {
  const cluster = { server: "https://a:1", "certificate-authority-data": ca };
  assert.match(refusal({ ...cluster, "proxy-url": "socks5://b" }), /is reached by proxy-url/);
  assert.match(refusal({ ...cluster, "tls-server-name": "b" }), /is reached by tls-server-name/);
});

test("of several texts each certificate is there once", () => {
  assert.equal(certificates(pem("A"), pem("A") + pem("B")), pem("A") + pem("B"));
});

test.run();
