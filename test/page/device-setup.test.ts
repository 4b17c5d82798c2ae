/** A browser sets a device up: real Chromium and service, a virtual board at a virtual cable. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { skip } from "./chromium.js";
import { openDesk } from "./setup-desk.js";

test(
	"an operator sets a new device up, from the cable to its product",
	{ skip },
	async (context) => {
		const desk = await openDesk(context, "v8");
		const { service, page } = desk;
		await service.users.add("alice");
		const product = { code: "ACME-LAMP", title: "Lamp", platform: "board", owner: "alice" };
		await service.products.add(product);
		await desk.open("olga", "operator");
		await desk.told("firmware", /It runs ACME-LAMP 0.1.0.0 on board/);
		await desk.told("wifi", /Which network/);
		assert.deepEqual(
			await page.locator("#networks option").evaluateAll((all) => all.map((one) => one.value)),
			["home"],
		);
		await desk.join();
		await desk.told("wifi", /It is on home/);
		await desk.finished();
		const [device] = await service.devices.list();
		assert.deepEqual(
			[device?.owner, device?.product, device?.state],
			["olga", "ACME-LAMP", "provisioned"],
		);
		await page.click("#device");
		await page.waitForURL(desk.url + "/devices/" + device?.uuid);
	},
);
