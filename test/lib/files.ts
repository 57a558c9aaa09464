import { base } from "../../generators/index.js";
import { defaults } from "../../generators/settings/index.js";

/** Every file of `base/` by the default settings, by its path below it. Made once for all tests, as it takes long. */
export const files = base(defaults);
