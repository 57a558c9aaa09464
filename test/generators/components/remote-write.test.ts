import assert from "node:assert/strict";
import { test } from "uvu";
import { parse } from "yaml";
import { remoteWrite, remoteWriteEndpoint } from "../../../generators/components/remote-write.js";
import { textOf } from "../../../generators/lib/base-and-component.js";
import { settingsFrom } from "../../../generators/settings/index.js";

const url = "https://metrics.example.com/api/v1/write";
const component = (settings: object) => remoteWrite(settingsFrom({ remoteWrite: { url, ...settings } }));
const textFor = (settings: object) => {
  const [rewrite] = component(settings).rewrites ?? [];
  return textOf(rewrite?.text ?? assert.fail("it rewrites nothing"));
};
const section = (settings: object) => parse(textFor(settings)).remote_write[0];
const named = (settings: object, name: string) => component(settings).patches?.find((patch) => patch.name === name);

test("the URL is what stands between the first two quotes, where Kustomize puts that of an overlay", () => {
  for (const protocol of ["v1", "v2"]) assert.equal(textFor({ protocol, keep: ["a"] }).split('"')[1], url);
  assert.equal(JSON.parse(JSON.stringify(remoteWriteEndpoint(settingsFrom({ remoteWrite: { url } })))).data.url, url);
});

test("it identifies itself by what the Secret has, and mounts that", () => {
  assert.deepEqual(section({}).authorization, { credentials_file: "/etc/prometheus/remote-write/token" });
  assert.deepEqual(section({ auth: "basic" }).basic_auth, {
    username_file: "/etc/prometheus/remote-write/username",
    password_file: "/etc/prometheus/remote-write/password",
  });
  assert.deepEqual(section({ auth: "mtls", privateCa: true }).tls_config, {
    ca_file: "/etc/prometheus/remote-write/ca.crt",
    cert_file: "/etc/prometheus/remote-write/tls.crt",
    key_file: "/etc/prometheus/remote-write/tls.key",
  });
  assert.ok(named({}, "pod"));
  assert.ok(named({ auth: "none", privateCa: true }, "pod"));
  assert.equal(named({ auth: "none" }, "pod"), undefined);
});

test("2.0 carries every histogram, 1.0 those with custom buckets as series", () => {
  const { protobuf_message, send_native_histograms, convert_nhcb_to_classic } = section({});
  assert.deepEqual(
    [protobuf_message, send_native_histograms, convert_nhcb_to_classic],
    ["io.prometheus.write.v2.Request", true, undefined],
  );
  const first = section({ protocol: "v1" });
  assert.deepEqual(
    [first.protobuf_message, first.send_native_histograms, first.convert_nhcb_to_classic],
    ["prometheus.WriteRequest", true, true],
  );
});

test("names that are kept or left out are relabelled, and nothing else is", () => {
  assert.equal(section({}).write_relabel_configs, undefined);
  assert.deepEqual(section({ keep: ["node_.+", "up"], drop: ["node_arp_.+"] }).write_relabel_configs, [
    { action: "keep", source_labels: ["__name__"], regex: "node_.+|up" },
    { action: "drop", source_labels: ["__name__"], regex: "node_arp_.+" },
  ]);
});

test("as many connections are open all the time, since a change of their number loses samples", () => {
  const { min_shards, max_shards } = section({ connections: 7 }).queue_config;
  assert.deepEqual([min_shards, max_shards], [7, 7]);
});

for (const [address, port] of [
  [url, 443],
  ["http://metrics.example.com/write", 80],
  ["http://receiver.metrics.svc:9090/api/v1/write", 9090],
  ["https://[2001:db8::1]:8443/write", 8443],
] as const) {
  test(`Prometheus may leave to port ${port} for ${address}, and ask for its name`, () => {
    const patch = named({ url: address }, "way-to-targets");
    assert.ok(patch !== undefined && "operations" in patch);
    const ports = patch.operations.map(({ value }) => (value as { ports: { port: number }[] }).ports[0]?.port);
    assert.deepEqual(ports, [port, 53]);
  });
}

for (const wrong of [
  "metrics.example.com/write",
  "ftp://metrics.example.com",
  "https://user:secret@metrics.example.com/write",
  'https://metrics.example.com/"',
  "https://metrics.example.com:70000/write",
  "https://metrics.example.com/a b",
]) {
  test(`${wrong} is no URL of an endpoint`, () => {
    assert.throws(() => settingsFrom({ remoteWrite: { url: wrong } }), /setting "remoteWrite.url" is .* must be a URL/);
  });
}

test("a version in numbers is told what is right", () => {
  assert.throws(() => settingsFrom({ remoteWrite: { protocol: 2 } }), /"remoteWrite.protocol" is 2: must be v2 or v1/);
});

test.run();
