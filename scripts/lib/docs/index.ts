import { coverageSection, subjectsSection } from "./alerts.js";
import type { Section } from "./section.js";
import { connectionsSection, permissionsSection } from "./security.js";

/** Every part of a document that is made of what the generators say, by the name of the document. */
export const documents: Readonly<Record<string, () => readonly Section[]>> = {
  alerts: () => [subjectsSection(), coverageSection()],
  security: () => [permissionsSection(), connectionsSection()],
};
