import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { root } from "../../../scripts/lib/project.js";

/**
 * Takes a picture of a page. It goes into docs/images only where `npm run docs-images` asks for that: a test that is
 * merely run leaves the checkout as it is.
 *
 * @returns where the picture is.
 */
export async function picture(
  page: Page,
  name: string,
  options: { readonly fullPage?: boolean } = {},
): Promise<string> {
  const folder = process.env.WRITE_DOCS_IMAGES === "1" ? join(root, "docs/images") : join(tmpdir(), "plain-prometheus");
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await page.screenshot({ path, ...options });
  return path;
}
