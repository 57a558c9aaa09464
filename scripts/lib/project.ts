import { fileURLToPath } from "node:url";

/** The root of the checkout that the scripts run in. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
