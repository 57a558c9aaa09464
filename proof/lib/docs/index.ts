import { coverageSection, subjectsSection } from "./alerts.js";
import { architecture } from "./architecture/index.js";
import { componentsSections } from "./components.js";
import { matrixSection, reasonsSection } from "./platforms.js";
import type { Section, Written } from "./section.js";
import { additionsSection, connectionsSection, outsideSection, permissionsSection } from "./security.js";
import { settingsSection } from "./settings.js";
import { formulaSection, limitsSections, measuredSection, sizesSection, sizingPlot } from "./sizing.js";
import { programsSection, schemasSection } from "./tools.js";

/** Every part of a document, and every picture, that is made of what the generators say, by the name of the document. */
export const documents: Readonly<Record<string, () => Promise<readonly (Section | Written)[]>>> = {
  alerts: async () => [subjectsSection(), coverageSection()],
  architecture: async () => [await architecture()],
  outside: async () => [outsideSection()],
  platforms: async () => [matrixSection(), reasonsSection()],
  readme: async () => componentsSections(),
  security: async () => [permissionsSection(), additionsSection(), connectionsSection()],
  settings: async () => [settingsSection()],
  sizing: async () => [
    await sizesSection(),
    ...(await limitsSections()),
    await measuredSection(),
    await sizingPlot(),
    formulaSection(),
  ],
  tools: async () => [await programsSection(), await schemasSection()],
};
