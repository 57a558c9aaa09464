import assert from "node:assert/strict";
import { test } from "uvu";
import { restrictedContainer, restrictedPod } from "../../../../generators/lib/security.js";
import { podSecurity } from "../../../../scripts/lib/checks/pod-security.js";
import { deployment, messages, object } from "./fixtures.js";

type Fields = Record<string, unknown>;

const namespace = (level?: string) =>
  object("v1", "Namespace", {
    name: "monitoring",
    namespace: undefined,
    ...(level && { labels: { "pod-security.kubernetes.io/enforce": level } }),
  });
const restricted = (container: Fields = {}, pod: Fields = {}) =>
  deployment({ securityContext: restrictedContainer, ...container }, { securityContext: restrictedPod, ...pod });
const found = async (container: Fields = {}, pod: Fields = {}) =>
  (await messages(podSecurity, namespace("restricted"), restricted(container, pod))).map((line) =>
    line.replace(
      /^Deployment monitoring\/app: (.*), which Pod Security restricted of namespace monitoring refuses$/,
      "$1",
    ),
  );

test("the security contexts of the generators are right", async () => {
  assert.deepEqual(await found(), []);
});

test("a namespace that enforces nothing, or less, takes any pod", async () => {
  const anything = deployment({}, { hostNetwork: true });
  assert.deepEqual(await messages(podSecurity, namespace(), anything), []);
  assert.deepEqual(await messages(podSecurity, namespace("privileged"), anything), []);
});

test("a pod that says nothing is refused for each thing it leaves out", async () => {
  assert.deepEqual(await found({ securityContext: {} }, { securityContext: {} }), [
    "container app: allowPrivilegeEscalation is not false",
    "container app: capabilities.drop lacks ALL",
    "container app: runAsNonRoot is not true",
    "container app: seccompProfile is neither RuntimeDefault nor Localhost",
  ]);
});

const wrong: [string, Fields, Fields, string][] = [
  ["the host's network", {}, { hostNetwork: true }, "hostNetwork is true"],
  ["the host's processes", {}, { hostPID: true }, "hostPID is true"],
  ["a folder of the host", {}, { volumes: [{ name: "root", hostPath: { path: "/" } }] }, "volume root is a hostPath"],
  ["root for the pod", {}, { securityContext: { ...restrictedPod, runAsUser: 0 } }, "runAsUser is 0"],
  [
    "a setting of the kernel",
    {},
    { securityContext: { ...restrictedPod, sysctls: [{ name: "kernel.msgmax", value: "1" }] } },
    "sysctl kernel.msgmax is set",
  ],
  ["a port of the host", { ports: [{ containerPort: 1, hostPort: 1 }] }, {}, "container app: hostPort 1 is open"],
  [
    "a privileged container",
    { securityContext: { ...restrictedContainer, privileged: true } },
    {},
    "container app: privileged is true",
  ],
  [
    "an added capability",
    { securityContext: { ...restrictedContainer, capabilities: { drop: ["ALL"], add: ["SYS_TIME"] } } },
    {},
    "container app: capability SYS_TIME is added",
  ],
  [
    "a container that takes back what the pod says",
    { securityContext: { ...restrictedContainer, runAsNonRoot: false } },
    {},
    "container app: runAsNonRoot is not true",
  ],
];

for (const [name, container, pod, violation] of wrong) {
  test(`${name} is refused`, async () => {
    assert.deepEqual(await found(container, pod), [violation]);
  });
}

test.run();
