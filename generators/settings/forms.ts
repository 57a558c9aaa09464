import * as v from "valibot";
import { milliseconds } from "../../metrics/duration.js";
import { at } from "../../metrics/promql/check.js";
import { parse } from "../../metrics/promql/parse.js";
import { kubeletPort } from "../lib/kubelet-port.js";
import { quantity } from "./quantity.js";

/*
 * The forms that settings have. Each has a title, which docs/settings.md shows: what it is and in which unit. Each is
 * bounded: what is too large for Prometheus or Kubernetes is told here, by the name of the setting, and not by them.
 */

/** A setting: its form, what it is where nobody says, and what it is about. */
export function setting<Form extends v.GenericSchema, const Usual extends v.Default<Form, undefined>>(
  form: Form,
  usual: Usual,
  about: string,
) {
  return v.pipe(v.optional(form, usual), v.description(about));
}

/** Settings of one subject: nothing by default, with an example that documents and editors show. */
export function subject<Form extends v.GenericSchema, const Usual extends v.Default<Form, undefined>>(
  form: Form,
  usual: Usual,
  about: string,
  example: v.InferInput<Form>,
) {
  return v.pipe(v.optional(form, usual), v.description(about), v.examples([example]));
}

/** A Prometheus duration such as `15s`, `1h30m` or `15d`: units in falling order, each at most once. */
export const duration = v.pipe(
  v.string(),
  v.title("duration, such as `15s`, `1h30m` or `15d`"),
  v.regex(
    /^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/,
    'must be a Prometheus duration such as "15s", "1h30m" or "15d"',
  ),
  v.check((text) => /[1-9]/.test(text), 'must be longer than zero, such as "15s"'),
  // Prometheus counts nanoseconds in 64 bits, which is not much longer.
  v.check((text) => milliseconds(text) <= milliseconds("100y"), "must be at most 100y"),
);

/** A duration up to a bound. */
export function durationUpTo(bound: string, why: string) {
  return v.pipe(
    duration,
    v.title(`duration up to \`${bound}\``),
    v.check((text) => milliseconds(text) <= milliseconds(bound), `must be at most ${bound}: ${why}`),
  );
}

/** A duration from a bound on. */
export function durationFrom(bound: string, why: string) {
  return v.pipe(
    duration,
    v.title(`duration from \`${bound}\` on`),
    v.check((text) => milliseconds(text) >= milliseconds(bound), `must be at least ${bound}: ${why}`),
  );
}

/** Bytes up to which every program that reads a size counts exactly: 8 PiB. */
const mostBytes = Number.MAX_SAFE_INTEGER;

/** A Prometheus size such as `512MB` or `8GB`: a whole number and a unit. */
export const size = v.pipe(
  v.string(),
  v.title("size as Prometheus writes it, such as `512MB` or `8GB`: its MB are 1024 × 1024 bytes"),
  v.regex(/^[1-9]\d*(B|KB|MB|GB|TB|PB)$/, 'must be a size as Prometheus writes it, such as "512MB" or "8GB"'),
  v.check((text) => bytesOf(text) <= mostBytes, "must be less than 8PB"),
);

const powers = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

/** Bytes of a size as Prometheus writes it. Its KB are 1024 bytes. */
export function bytesOf(text: string): number {
  const [, number, unit] = /^(\d+)(.*)$/.exec(text) ?? [];
  return Number(number) * 1024 ** powers.indexOf(unit ?? "");
}

/** A Kubernetes quantity of processors such as `100m` or `0.5`. */
export const cpu = v.pipe(
  v.string(),
  v.title("processors, such as `100m` (thousandths) or `0.5`"),
  v.regex(
    /^(?=.*[1-9])(\d+m|\d+(\.\d{1,3})?)$/,
    'must be a Kubernetes quantity of processors such as "100m" or "0.5", at least a thousandth',
  ),
  v.check((text) => (quantity(text) ?? 0) <= 1e6, "must be at most 1000000"),
);

/** A Kubernetes quantity of bytes such as `512Mi` or `10Gi`. */
export const memory = v.pipe(
  v.string(),
  v.title("bytes, such as `512Mi` or `10Gi`"),
  v.regex(
    /^(?=.*[1-9])\d+(\.\d+)?(k|Ki|M|Mi|G|Gi|T|Ti)?$/,
    'must be a Kubernetes quantity of bytes such as "512Mi" or "10Gi"',
  ),
  v.check((text) => Number.isInteger(quantity(text)), 'must be a whole number of bytes, such as "512Mi"'),
  v.check((text) => (quantity(text) ?? 0) <= mostBytes, "must be less than 8192Ti"),
);

/** A label of a DNS name, as namespaces are named. */
export const dnsLabel = v.pipe(
  v.string(),
  v.title("DNS label: lower-case letters, digits and `-`"),
  v.maxLength(63, "must have at most 63 characters"),
  v.regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'must be a DNS label: lower-case letters, digits and "-", such as "monitoring"',
  ),
);

/** Why something is as a user wants it. It is shown in tables. */
export const reason = v.pipe(
  v.string(),
  v.title("reason, a sentence"),
  v.maxLength(300, "must have at most 300 characters"),
  v.regex(/^[^|\n]*[^|\s][^|\n]*$/, 'must be a sentence in one line, without "|"'),
);

/** A DNS name, as objects other than namespaces are named. */
export const subdomain = v.pipe(
  v.string(),
  v.title("DNS name: lower-case letters, digits, `-` and `.`"),
  v.maxLength(253, "must have at most 253 characters"),
  v.regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be a DNS name: lower-case letters, digits, "-" and "."',
  ),
);

/** The key of a label of Kubernetes, with or without a prefix. */
export const labelKey = v.pipe(
  v.string(),
  v.title("key of a label"),
  v.regex(
    /^([a-z0-9]([-a-z0-9.]{0,200}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/,
    'must be the key of a label, such as "node.example.com/pool"',
  ),
);

/** The value of a label of Kubernetes. */
export const labelValue = v.pipe(
  v.string(),
  v.title("value of a label"),
  v.regex(/^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/, 'must be the value of a label, such as "monitoring"'),
);

/** A registry, with or without a folder in it. */
export const registryAddress = v.pipe(
  v.string(),
  v.title("address of a registry"),
  v.maxLength(200, "must have at most 200 characters"),
  v.regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/,
    'must be the address of a registry, such as "registry.example.com/mirror", without a slash at its end',
  ),
);

/** The digest of an image, with the tag that it is of. */
export const imageDigest = v.pipe(
  v.string(),
  v.title("tag and digest of an image"),
  v.regex(
    /^[\w][\w.-]*@sha256:[0-9a-f]{64}$/,
    "must be a tag and its digest, sha256: and 64 hex digits in lower case, such as v3.16.0@sha256:...",
  ),
);

/** Namespaces by their names. */
export const namespaces = v.pipe(
  v.array(dnsLabel),
  v.title("list of names of namespaces"),
  v.maxLength(100, "must have at most 100 entries"),
);

/** A domain of DNS. */
export const domain = v.pipe(
  v.string(),
  v.title("domain, such as `cluster.local`"),
  v.maxLength(200, "must have at most 200 characters"),
  v.regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be a domain of lower-case letters, digits, "-" and ".", such as "cluster.local"',
  ),
);

/** What is looked at from outside: a URL, or host and port. */
export const probed = v.pipe(
  v.string(),
  v.title("URL, or host and port"),
  v.maxLength(1000, "must have at most 1000 characters"),
  v.regex(/^[\w.~:/?#[\]@!$&'()*+,;=%-]+$/, 'must be an address such as "https://example.com" or "db.team.svc:5432"'),
);

/** Where something is to be read: an address, or a path from the root of the project. */
export const address = v.pipe(
  v.string(),
  v.title("address or path, without a slash at its end"),
  v.maxLength(1000, "must have at most 1000 characters"),
  // What is none of these ends an address, or a template of an annotation begins with it.
  v.regex(
    /^[\w.~:/?#[\]@!$&'()*+,;=%-]+$/,
    'must be an address such as "https://example.com/runbooks", or a path such as "docs/runbooks"',
  ),
  v.regex(/[^/]$/, "must not end with a slash"),
);

/** The address of pages in a browser, with or without a path. */
export const pageUrl = v.pipe(
  v.string(),
  v.title("URL, such as `https://example.com/prometheus`"),
  v.maxLength(1000, "must have at most 1000 characters"),
  v.regex(
    /^https?:\/\/[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?(:\d{1,5})?(\/[\w.~-]+)*$/,
    'must be a URL such as "https://example.com/prometheus", without a slash at its end',
  ),
);

/** Where samples are sent. A name and a password in it would be in a ConfigMap: they belong into a Secret. */
export const endpointUrl = v.pipe(
  v.string(),
  v.title("URL, such as `https://metrics.example.com/api/v1/write`"),
  v.maxLength(1000, "must have at most 1000 characters"),
  v.regex(
    /^https?:\/\/([A-Za-z0-9]([\w.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(:\d{1,5})?(\/[\w.~/%:@!,;=+-]*)?(\?[\w.~/%:@!,;=&+-]*)?$/,
    'must be a URL such as "https://metrics.example.com/api/v1/write"; a name and a password are not in it, but in the Secret',
  ),
  v.check((text) => URL.canParse(text), "must be a URL with a port up to 65535 and an address that there can be"),
);

/** Where a program listens. */
export const hostAndPort = v.pipe(
  v.string(),
  v.title("host and port, such as `thanos.example.com:443`"),
  v.maxLength(300, "must have at most 300 characters"),
  v.regex(
    /^([A-Za-z0-9]([\w.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\]):\d{1,5}$/,
    'must be host and port, such as "thanos.example.com:443", and no URL',
  ),
  v.check((text) => URL.canParse(`https://${text}`), "must have a port up to 65535 and an address that there can be"),
);

/**
 * A regular expression over names or paths, as Prometheus (RE2) and JavaScript read it alike. Without quotes and backslashes, so
 * that it stands within an expression as it is written.
 */
export const pattern = v.pipe(
  v.string(),
  v.title("regular expression"),
  v.maxLength(1000, "must have at most 1000 characters"),
  v.regex(/^[\w.|()[\]*+?^:/-]+$/, "must be a regular expression of letters, digits and ./|()[]*+?^:_- alone"),
  v.check(isPattern, 'must be a regular expression as Prometheus reads it, such as "(.+-)?prometheus"'),
);

export function isPattern(text: string): boolean {
  // Empty classes, and groups that look around, are JavaScript's own.
  if (/\[\^?\]|\(\?(?!:)|\[:/.test(text)) return false;
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}

/** Numbers up to which everything that is computed of them is a number that all programs read. */
const most = 1e9;
const atMost = v.maxValue<number, typeof most, string>(most, `must be at most ${most}`);

/** A whole number within bounds. */
function wholeWithin(least: number, largest: number, why = "") {
  return v.pipe(
    v.number(),
    v.integer("must be a whole number"),
    v.minValue(least, `must be at least ${least}${why}`),
    v.maxValue(largest, `must be at most ${largest}`),
  );
}

const whole = wholeWithin(1, most);
const aboveZero = v.pipe(v.number(), v.gtValue(0, "must be above 0"));

/** Ports at which Kubernetes itself listens on nodes. Source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
const portsOfKubernetes = [2379, 2380, 2381, 6443, 10248, kubeletPort, 10249, 10256, 10257, 10259];

/** A port in the network of every node, for a program that is not root. */
export const nodePort = v.pipe(
  v.number(),
  v.title("port, 1024 to 65535"),
  v.integer("must be a whole number"),
  v.minValue(1024, "must be at least 1024: it does not run as root"),
  v.maxValue(65_535, "must be at most 65535"),
  v.check((port) => !portsOfKubernetes.includes(port), "must not be a port of Kubernetes itself, such as 10250"),
);

export const count = v.pipe(whole, v.title("whole number"));
export const connections = v.pipe(wholeWithin(1, 1000), v.title("whole number"));
/** Pods of one program, at most: the limit of targets of its job lets twice as many through. */
export const mostReplicas = 10;
export const replicas = v.pipe(wholeWithin(1, mostReplicas), v.title("whole number"));
/** Into how many parts work is cut. */
export const parts = (largest: number) =>
  v.pipe(wholeWithin(2, largest, ": one is what there is without the Component"), v.title("whole number"));
export const seconds = v.pipe(whole, v.title("seconds, a whole number"));
export const hours = v.pipe(whole, v.title("hours, a whole number"));
export const days = v.pipe(whole, v.title("days, a whole number"));
export const positive = v.pipe(aboveZero, v.title("number above 0"), v.minValue(1e-9, "must be at least 1e-9"), atMost);
export const ratio = v.pipe(
  aboveZero,
  v.title("share, between 0 and 1"),
  v.minValue(1e-9, "must be at least 1e-9"),
  v.ltValue(1, "must be below 1"),
);

/** Seconds of a histogram that measures up to a bound: what lies beyond it would never be seen. */
export function secondsBelow(bound: number) {
  return v.pipe(
    aboveZero,
    v.title(`seconds, below ${bound}`),
    v.minValue(1e-9, "must be at least 1e-9"),
    v.ltValue(bound, `must be below ${bound}`),
  );
}

/** The name of a metric. */
export const metricName = v.pipe(
  v.string(),
  v.title("name of a metric"),
  v.regex(/^[a-zA-Z_]\w{0,199}$/, 'must be the name of a metric such as "node_load1"'),
);

/** An expression that Prometheus takes. */
export const promql = v.pipe(
  v.string(),
  v.title("PromQL"),
  v.maxLength(10_000, "must have at most 10000 characters"),
  v.check(
    (text) => problemIn(text) === undefined,
    (issue) => `must be PromQL: ${problemIn(String(issue.input))}`,
  ),
);

/** What is wrong with an expression, with its place; undefined where it is PromQL. */
export function problemIn(expression: string): string | undefined {
  const [problem] = parse(expression).problems;
  if (problem === undefined) return expression.trim() === "" ? "it is empty" : undefined;
  const { line, column } = at(expression, problem);
  return `line ${line}, column ${column}: ${problem.message}`;
}

/** A file by its path from the root of the project. */
export const path = v.pipe(
  v.string(),
  v.title("path"),
  v.maxLength(1000, "must have at most 1000 characters"),
  v.regex(/^[^\0]+\.(json|ya?ml|promql)$/, "must be the path of a file that ends with .json, .yml, .yaml or .promql"),
  v.regex(
    /^(?![/\\]|[A-Za-z]:)(?!(.*[/\\])?\.\.[/\\])/,
    "must be within the project, by its path from the root: dashboards/mine.json, without .. in it",
  ),
);
