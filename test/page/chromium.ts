/** Debian's Chromium for tests, and what axe finds wrong on a page in it. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Service } from "../../hosts/dms/service.js";

const executablePath = "/usr/bin/chromium";
export const skip = existsSync(executablePath)
	? false
	: "there is no Chromium: apt install chromium";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const timeout = 60_000;

/** What axe finds wrong on a page. */
export async function faultsOf(page: Page): Promise<string[]> {
	// Into a world of its own: the page's policy lets no script of others run.
	const session = await page.context().newCDPSession(page);
	await session.send("Page.enable");
	const { frameTree } = await session.send("Page.getFrameTree");
	const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", {
		frameId: frameTree.frame.id,
	});
	await session.send("Runtime.evaluate", { contextId, expression: axe });
	const expression =
		"axe.run().then(({ violations }) => violations.map(({ id, nodes }) => " +
		"id + ': ' + nodes.map(({ html }) => html).join(' ')))";
	const options = { contextId, expression, awaitPromise: true, returnByValue: true };
	const { result } = await session.send("Runtime.evaluate", options);
	assert.ok(Array.isArray(result.value), "axe has looked");
	return result.value;
}

let launched: Promise<Browser> | undefined;
after(async () => (await launched)?.close());

/** One for all tests of a process; each page that it opens has cookies of its own. */
export function openChromium(): Promise<Browser> {
	launched ??= chromium.launch({ executablePath, timeout, args: ["--no-sandbox"] });
	return launched;
}

/** A page of a browser of its own, in which this user has logged in. */
export async function visitAs(
	{ sessions }: Pick<Service, "sessions">,
	url: string,
	name: string,
): Promise<Page> {
	const { cookie } = await sessions.begin(name, { address: "127.0.0.1", agent: "" });
	const visit = await (await openChromium()).newContext();
	await visit.addCookies([{ name: "opendms-" + new URL(url).port, value: cookie, url }]);
	const page = await visit.newPage();
	page.setDefaultTimeout(timeout);
	return page;
}

const scriptOf = (name: string): string =>
	readFileSync(new URL(`browser/${name}.js`, import.meta.url), "utf8");

/** What is wrong for somebody without a pointer, or with a narrow screen, in words. */
export async function keyboardFaultsOf(page: Page): Promise<unknown> {
	await page.keyboard.press("Tab"); // From here on the focus is shown.
	return page.evaluate(scriptOf("keyboard-faults"));
}

/** How much of the page has moved by itself since it was loaded, from 0 to 1. */
export function movedOf(page: Page): Promise<unknown> {
	return page.evaluate(scriptOf("moved"));
}

/**
 * Looks at a page as it is, on a phone and a desk, in light and dark: it fits, and axe finds
 * nothing. With OPENDMS_TEST_SCREENSHOTS a picture of each is in that folder.
 */
export async function lookAt(page: Page, name: string): Promise<void> {
	for (const look of looks) await lookOnce(page, name, look);
}

interface Look {
	readonly colorScheme: "light" | "dark";
	readonly width: number;
}

const looks: readonly Look[] = (["light", "dark"] as const).flatMap((colorScheme) =>
	[390, 1280].map((width) => ({ colorScheme, width })),
);

/** The same in one way alone. */
export async function lookOnce(page: Page, name: string, { colorScheme, width }: Look) {
	await page.emulateMedia({ colorScheme });
	await page.setViewportSize({ width, height: 800 });
	const look = [name, width, colorScheme].join("-");
	const isWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
	assert.equal(isWide, false, look + " fits");
	assert.deepEqual(await faultsOf(page), [], look);
	const folder = process.env["OPENDMS_TEST_SCREENSHOTS"];
	if (folder === undefined) return;
	await page.screenshot({ path: folder + "/" + look + ".png", fullPage: true });
}
