import * as v from "valibot";
import { setting } from "./forms.js";

/** Whom Alertmanager can tell. Source: https://prometheus.io/docs/alerting/latest/configuration/#receiver-integration-settings */
export const integrations: readonly string[] = [
  ...["discord", "email", "incidentio", "jira", "mattermost", "msteams", "msteamsv2", "opsgenie", "pagerduty"],
  ...["pushover", "rocketchat", "slack", "sns", "telegram", "victorops", "webex", "webhook", "wechat"],
];

/** Fields with a secret, each of which has one with `_file` at its end beside it. */
const secrets = [
  ...["api_key", "api_secret", "app_token", "auth_password", "auth_secret", "bot_token", "client_secret"],
  ...["credentials", "password", "routing_key", "service_key", "token", "token_id", "user_key", "webhook_url"],
];

const ways = integrations.map((name) => `${name}_configs`);

const receiver = v.pipe(
  v.record(v.picklist(ways, `must be one of ${ways.join(", ")}`), v.array(v.record(v.string(), v.unknown()))),
  v.rawCheck(({ dataset, addIssue }) => {
    const path = dataset.typed ? secretIn(dataset.value) : undefined;
    if (path === undefined) return;
    const file = `${path.at(-1)?.key}_file: /etc/alertmanager/receivers/KEY`;
    addIssue({
      // What is wrong is shown, and a log is no place for a secret.
      input: "…",
      path: [path[0], ...path.slice(1)],
      message: `must be in a file: write ${file}, where KEY is one of the Secret alertmanager-receivers`,
    });
  }),
);

type Path = [v.ObjectPathItem, ...v.ObjectPathItem[]];

/** Where a secret is written out, at whichever depth. Slack lets in whoever knows its `api_url`; of others it is no secret. */
function secretIn(config: Record<string, unknown>, names = secrets): Path | undefined {
  for (const [key, value] of Object.entries(config)) {
    const item = { type: "object", origin: "value", input: config, key, value } as const;
    if (names.includes(key) && typeof value === "string") return [item];
    const inner = key === "slack_configs" ? [...names, "api_url"] : names;
    const within = typeof value === "object" && value !== null ? secretIn(Object(value), inner) : undefined;
    if (within !== undefined) return [item, ...within];
  }
  return undefined;
}

const receiverName = v.pipe(
  v.string(),
  v.regex(/^(?!nobody$)[\w-]{1,60}$/, 'must be a name of letters, digits, "-" and "_", and not "nobody"'),
);

/** Whom Alertmanager tells of what. */
export const alertmanager = v.pipe(
  v.strictObject({
    receivers: setting(
      v.pipe(
        v.record(receiverName, receiver),
        v.title(
          "Alertmanager's `slack_configs`, `email_configs` ... by receiver: `critical`, `warning`, `watchdog`, or one of `routes`",
        ),
      ),
      {},
      "Who is told. Secrets are in files: each key of the Secret alertmanager-receivers is one in /etc/alertmanager/receivers.",
    ),
    routes: setting(
      v.pipe(v.array(v.record(v.string(), v.unknown())), v.title("list of Alertmanager's routes")),
      [],
      "Routes that are asked before those by severity, each with `matchers` and a `receiver`.",
    ),
  }),
  v.check(
    ({ receivers, routes }) => strangerIn(receivers, routes) === undefined,
    ({ input }) => {
      const { receivers, routes } = input as { receivers: object; routes: readonly Route[] };
      return `must have every receiver that its routes name, and has none called ${strangerIn(receivers, routes)}`;
    },
  ),
);

interface Route {
  readonly receiver?: unknown;
}

/** The receivers that there are without any setting. */
const ours = ["critical", "warning", "watchdog", "nobody"];

function strangerIn(receivers: object, routes: readonly Route[]): string | undefined {
  const known = [...ours, ...Object.keys(receivers)];
  const named = routes.map(({ receiver }) => receiver).filter((name) => typeof name === "string");
  return named.find((name) => !known.includes(name));
}
