import { quantity } from "../../../generators/settings/quantity.js";
import { nameOf, ofKind } from "../rendered/objects.js";
import { workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";

type Quantities = Readonly<Record<string, string | number>>;

/** Requests, limits and sizes are quantities, and no request is larger than its limit. */
export const quantities: Check = {
  name: "quantities",
  run: async ({ objects }) => [
    ...workloadsOf({ objects }).flatMap(({ object, pod, containers, claims }) => [
      ...containers.flatMap(({ name, resources }) =>
        requestsAndLimits(object, `container ${name}`, resources?.requests ?? {}, resources?.limits ?? {}),
      ),
      ...(pod.volumes ?? []).flatMap(({ name, emptyDir }) =>
        emptyDir?.sizeLimit == null ? [] : wrong(object, `volume ${name}`, "sizeLimit", emptyDir.sizeLimit),
      ),
      ...claims.flatMap(({ metadata, spec }) =>
        requestsAndLimits(object, `claim ${metadata?.name}`, spec?.resources?.requests ?? {}, {}),
      ),
    ]),
    ...ofKind(objects, "v1/PersistentVolumeClaim").flatMap((claim) =>
      requestsAndLimits(nameOf(claim), "claim", claim.spec?.resources?.requests ?? {}, {}),
    ),
  ],
};

function requestsAndLimits(object: string, where: string, requests: Quantities, limits: Quantities): Finding[] {
  return [
    ...Object.entries(requests).flatMap(([resource, value]) => wrong(object, `${where}, request`, resource, value)),
    ...Object.entries(limits).flatMap(([resource, value]) => wrong(object, `${where}, limit`, resource, value)),
    ...Object.entries(requests).flatMap(([resource, request]) => {
      const limit = limits[resource];
      if (limit === undefined || (quantity(request) ?? 0) <= (quantity(limit) ?? Number.POSITIVE_INFINITY)) return [];
      return {
        object,
        message: `${where} requests ${resource} ${request}, more than its limit ${limit}`,
        fix: "raise the limit or lower the request",
      };
    }),
  ];
}

function wrong(object: string, where: string, resource: string, value: string | number): Finding[] {
  const number = quantity(value);
  if (number === undefined || number < 0) {
    return [
      {
        object,
        message: `${where}: ${resource} "${value}" is no quantity`,
        fix: "write it as 250m, 0.5, 512Mi or 10Gi",
      },
    ];
  }
  if (resource === "cpu" || Number.isInteger(number)) return [];
  return [
    {
      object,
      message: `${where}: ${resource} "${value}" is ${number} bytes: m means thousandths`,
      fix: "write it as 512Mi or 10Gi",
    },
  ];
}
