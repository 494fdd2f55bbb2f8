/** code-server in a real browser: what a person does at its page. */
import * as fs from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";
import { aptInstall, aptObstacle } from "../../scripts/toolchain-parts/apt";

const CHROMIUM = "/usr/bin/chromium";
const SHOWN_WITHIN_MS = 30_000;

/** Debian's Chromium, installed where it is missing. @throws Error where it cannot be. */
export async function startBrowser(): Promise<Browser> {
  if (!fs.existsSync(CHROMIUM)) {
    const obstacle = aptObstacle();
    if (obstacle !== undefined) throw new Error(`${CHROMIUM} is missing, and ${obstacle}`);
    await aptInstall(["chromium"]);
  }
  // Its own sandbox needs rights that root in a container does not have.
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
}

export class Editor {
  private constructor(private readonly page: Page) {}

  /** Opens a folder of a workspace, with the password. */
  static async open(browser: Browser, url: string, password: string, folder: string): Promise<Editor> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(SHOWN_WITHIN_MS);
    // It leads to the login page, and from there back to the folder.
    await page.goto(`${url}?folder=${encodeURIComponent(folder)}`);
    await page.locator('input[type="password"]').fill(password);
    await page.keyboard.press("Enter");
    await page.locator(".monaco-workbench").waitFor();
    await page.locator(".explorer-folders-view").waitFor();
    return new Editor(page);
  }

  /** Types text at the start of a file of the folder, and saves it. */
  async edit(file: string, text: string): Promise<void> {
    await this.page.locator(`.explorer-folders-view [aria-label^="${file}"]`).first().dblclick();
    await this.page.locator(`.tab.active[data-resource-name="${file}"]`).waitFor();
    await this.page.locator(".editor-instance .view-lines").first().click();
    await this.page.keyboard.press("Control+Home");
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Control+s");
    await this.page.locator(`.tab.active.dirty`).waitFor({ state: "detached" });
  }

  /** Opens a terminal, which the editor asks about once a page, and types a line into it. */
  async run(line: string): Promise<void> {
    await this.page.keyboard.press("Control+`");
    await this.page.getByRole("button", { name: "Trust Folder" }).click();
    await this.page.locator(".terminal-wrapper.active .xterm-screen").waitFor();
    await this.page.locator(".terminal-wrapper.active .xterm-helper-textarea").focus();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press("Enter");
  }

  /** Without what only takes place. */
  async screenshot(file: string): Promise<void> {
    if (await this.page.locator(".part.auxiliarybar").isVisible())
      await this.page.locator('[aria-label^="Toggle Secondary Side Bar"]').first().click();
    // The terminal shows its new size for a moment, and a button its name while the pointer is there.
    await this.page.mouse.move(640, 700);
    await this.page.waitForTimeout(1_500);
    await this.page.screenshot({ path: file });
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}
