/** The page in a real browser: the first admin comes in, and axe sees no fault on any page. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import { openBench } from "../dms/bench.js";
import { keyboardFaultsOf, lookOnce, openChromium, skip, timeout } from "./chromium.js";

test(
	"the first admin comes in by the link, and nothing is wrong with a page",
	{ skip },
	async (context) => {
		const { service, claimed } = await openBench(context);
		const listener = await listenForApi(service, { host: "127.0.0.1", port: 0 });
		const browser = await openChromium();
		context.after(() => listener.close());
		await service.users.add("root", { role: "admin" });
		const { token } = await service.users.invite("root");
		const { uuid } = await claimed("alice");
		// Somewhere else, too.
		await service.sessions.begin("root", { address: "192.0.2.1", agent: "Mozilla/5.0" });
		await service.batches.add({ name: "2026-11", product: "ACME-LAMP", quota: 5 });
		await service.batches.addBoard("2026-11", { hardware: "a4cf12345678" });
		await service.apiTokens.add({ name: "ci", role: "viewer" });
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
				for (const path of [
					"/devices",
					"/devices/" + uuid,
					"/products",
					"/products/ACME-LAMP",
					"/audit",
					"/batches",
					"/batches/2026-11",
					"/tokens",
					"/users",
					"/users/alice",
					"/account",
					"/api-tokens",
					"/log-in",
					"/invite",
				]) {
					await page.goto(listener.url + path);
					const name = path.replaceAll("/", "_").slice(0, 20);
					await lookOnce(page, name, { colorScheme, width });
					if (colorScheme === "dark") continue;
					assert.deepEqual(await keyboardFaultsOf(page), [], path + " at " + width);
				}
			}
		}
		assert.deepEqual(said, [], "nothing is loaded from elsewhere, and the policy stops nothing");
	},
);
