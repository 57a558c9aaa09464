/** Reasons that pods of more than one base have: see {@link because}. */
export const noServiceLinks = "No pod here needs variables for every Service of its namespace.";

export const ownVariables =
  "Kubernetes fills in $() from env. An overlay can patch env by name, but args only as a whole. An empty web.external-url is the name of the pod, to which links in notifications lead then; its path is the proxy's to strip (route-prefix), so that probes and scrapes ask as they do without. An empty web.config.file is none; components/basic-auth names one.";

export const emptyVariable =
  "Empty without a value: the API server drops one that is empty, and each apply would bring it back.";

export const brokenReplica = "A replica that is broken must not keep its node from being drained.";
