import type { IContainer } from "kubernetes-models/v1/Container";
import { workloadsOf } from "../rendered/workloads.js";
import type { Check } from "./check.js";

/** What the kubelet fills in with an address, which is of IPv6 in some clusters. */
const fields = ["status.podIP", "status.hostIP"];

/** An address that is joined to a port stands in brackets: without them, nobody can tell where one of IPv6 ends. */
export const addresses: Check = {
  name: "addresses",
  run: async ({ objects }) =>
    workloadsOf({ objects }).flatMap(({ object, containers }) =>
      containers.flatMap((container) =>
        joined(container).map(({ name, text }) => ({
          object,
          message: `container ${container.name}: in ${text} an address of IPv6 would have no brackets`,
          fix: `write [$(${name})] before the port, which does an IPv4 address no harm`,
        })),
      ),
    ),
};

function joined({ command = [], args = [], env = [] }: IContainer): { name: string; text: string }[] {
  const names = env
    .filter(({ valueFrom }) => fields.includes(valueFrom?.fieldRef?.fieldPath ?? ""))
    .map(({ name }) => name);
  const texts = [...command, ...args, ...env.flatMap(({ value }) => value ?? [])];
  return names.flatMap((name) => texts.filter((text) => text.includes(`$(${name}):`)).map((text) => ({ name, text })));
}
