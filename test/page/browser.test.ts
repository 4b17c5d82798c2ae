/** The page in a real browser: the first admin comes in, and axe sees no fault on any page. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { chromium, type Page } from "playwright-core";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import { openBench } from "../dms/bench.js";

const executablePath = "/usr/bin/chromium";
const skip = existsSync(executablePath) ? false : "there is no Chromium: apt install chromium";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const timeout = 60_000;

/** What axe finds wrong on a page. */
async function faultsOf(page: Page): Promise<string[]> {
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

test(
	"the first admin comes in by the link, and nothing is wrong with a page",
	{ skip },
	async (context) => {
		const { service, claimed } = await openBench(context);
		const listener = await listenForApi(service, { host: "127.0.0.1", port: 0 });
		const browser = await chromium.launch({ executablePath, timeout, args: ["--no-sandbox"] });
		context.after(async () => {
			await browser.close();
			await listener.close();
		});
		await service.users.add("root", { role: "admin" });
		const { token } = await service.users.invite("root");
		const { uuid } = await claimed("alice");
		const page = await browser.newPage();
		page.setDefaultTimeout(timeout);
		const said: string[] = [];
		page.on("console", (message) => said.push(message.text()));
		page.on("request", (request) => {
			if (!request.url().startsWith(listener.url)) said.push(request.url());
		});

		await page.goto(listener.url + "/invite#" + token);
		assert.equal(await page.inputValue("[name=invite]"), token);
		assert.equal(new URL(page.url()).hash, "", "no history has it");
		await page.fill("[name=password]", "correct horse battery");
		await page.click("button.first");
		await page.waitForURL(listener.url + "/devices");
		await page.click(`a[href="/devices/${uuid}"]`);
		await page.click("text=Lock: refuse all its requests");
		await page.waitForSelector("text=Unlock");
		assert.notEqual((await service.devices.show(uuid)).lockedAt, null);

		for (const colorScheme of ["light", "dark"] as const) {
			for (const width of [390, 1280]) {
				await page.emulateMedia({ colorScheme });
				await page.setViewportSize({ width, height: 800 });
				for (const path of [
					"/devices",
					"/devices/" + uuid,
					"/products",
					"/products/ACME-LAMP",
					"/audit",
					"/log-in",
					"/invite",
				]) {
					await page.goto(listener.url + path);
					const isWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
					assert.equal(isWide, false, path + " fits into " + width + " pixels");
					assert.deepEqual(await faultsOf(page), [], [path, width, colorScheme].join(" "));
					const folder = process.env["OPENDMS_TEST_SCREENSHOTS"];
					const name = `${path.replaceAll("/", "_").slice(0, 20)}-${width}-${colorScheme}.png`;
					if (folder !== undefined)
						await page.screenshot({ path: folder + "/" + name, fullPage: true });
				}
			}
		}
		assert.deepEqual(said, [], "nothing is loaded from elsewhere, and the policy stops nothing");
	},
);
