import type { KnownValues } from "../../../metrics/catalogue/types.js";

/**
 * Labels whose values a program's source, or the API of Kubernetes, names: on every cluster they are drawn from one
 * short list. Values of all others say where the recording was made (names, addresses, devices), and are left out.
 */
const general = new Set([
  ...["access_mode", "action", "adminstate", "allocation", "assigned", "boundary", "cause", "code", "collector"],
  ...[
    "component",
    "compression",
    "concurrency_policy",
    "container_state",
    "container_type",
    "created_by_kind",
    "condition",
    "decision",
    "direction",
    "dry_run",
    "effect",
  ],
  ...["endpoint_type", "error_type", "event", "event_type", "execute", "extension_point", "failure_type", "family"],
  ...[
    "grpc_code",
    "grpc_method",
    "grpc_service",
    "grpc_type",
    "handler",
    "integration",
    "ip",
    "ip_family",
    "kind",
    "le",
    "level",
  ],
  ...[
    "method",
    "metric_name",
    "metric_target_type",
    "migrated",
    "mode",
    "operation",
    "operation_name",
    "operation_type",
  ],
  ...["operstate", "outcome", "owner_kind", "phase", "plugin", "policy", "protocol", "proto", "qos_class", "quantile"],
  ...["queue", "rcode", "reason", "reclaim_policy", "request_kind", "resource", "restart_policy", "result", "role"],
  ...[
    "rule_type",
    "scope",
    "server_type",
    "slice",
    "state",
    "status",
    "step",
    "subresource",
    "success",
    "target_type",
    "to",
    "type",
  ],
  ...["unit", "usage", "verb", "volume_mode", "work"],
]);

/** A label with more values than these is not chosen from a short list, whatever its name. */
const most = 120;

/** What may be put down of the values of a label, sorted and each once; null for nothing. */
export function generalValues(label: string, seen: readonly string[]): KnownValues {
  const values = [...new Set(seen)].sort(byNumberThenText);
  return general.has(label) && values.length <= most && !values.some(isOfOneCluster) ? values : null;
}

/** Addresses, hashes, ids and times give away a label that is general by name alone. */
function isOfOneCluster(value: string): boolean {
  return /\d+\.\d+\.\d+\.\d+|[0-9a-f]{8}-[0-9a-f]{4}-|^[0-9a-f]{12,}$|:\d{2,5}$|\d{4}-\d\d-\d\d/.test(value);
}

/** Buckets by their size, everything else by the alphabet. */
export function byNumberThenText(one: string, other: string): number {
  const [a, b] = [bound(one), bound(other)];
  if (a !== b && !Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return one < other ? -1 : one > other ? 1 : 0;
}

function bound(text: string): number {
  return text === "+Inf" ? Number.POSITIVE_INFINITY : text === "" ? Number.NaN : Number(text);
}
