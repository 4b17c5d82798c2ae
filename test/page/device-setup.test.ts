/** A browser sets a device up: real Chromium and service, a virtual board at a virtual cable. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { encodeBundle } from "../../hosts/dms/publisher/bundle.js";
import { keyStatement, statement } from "../update/publisher.js";
import { lookAt, skip } from "./chromium.js";
import { type Desk, imageOf, openDesk } from "./setup-desk.js";

/** A publisher's file goes to the product's page: its key, or a bundle. */
async function upload(page: Page, form: "key" | "bundle", bytes: Uint8Array): Promise<void> {
	const way = `form[action="/products/ACME-LAMP/${form}"] `;
	const file = { name: form, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) };
	await page.setInputFiles(way + "input[type=file]", file);
	await Promise.all([page.waitForEvent("load"), page.click(way + "button")]);
}

/** The publisher releases firmware on the page. */
async function release(
	{ page, url }: Desk,
	app: "next" | "broken",
	version: string,
	sequence: number,
): Promise<void> {
	const image = imageOf(app, version);
	await page.goto(url + "/products/ACME-LAMP");
	const bundle = { image, statement: statement(image, { version, sequence }) };
	await upload(page, "bundle", encodeBundle(bundle));
	await page.goto(`${url}/products/ACME-LAMP/bundles/${version}`);
	await page.click("text=Tag it");
	await page.getByText("release, 100 %").first().waitFor();
}

test(
	"from the first run to a device that is updated, and beats a bad update off",
	{ skip },
	async (context) => {
		const desk = await openDesk(context, "xs");
		const { service, page, url, board, told } = desk;
		const password = "correct horse battery";
		const invite = await service.openPage(url);
		await page.goto(invite?.link ?? "");
		await page.fill("[name=password]", password);
		await page.click("button.first");
		await page.click("text=Log out");
		await page.fill("[name=name]", "admin");
		await page.fill("[name=password]", password);
		await page.click("button.first");

		await page.click("text=Products");
		const about = { code: "ACME-LAMP", title: "Lamp", platform: "board", owner: "admin" };
		for (const [name, text] of Object.entries(about)) await page.fill(`[name=${name}]`, text);
		await page.click("text=Add the product");
		await page.waitForURL(url + "/products/ACME-LAMP");
		await upload(page, "key", keyStatement());

		await page.click("text=Add a device");
		await page.click("#begin");
		await told("firmware", /It runs ACME-LAMP 0.1.0.0 on board/);
		await desk.join();
		await desk.finished();
		await page.click("#device");
		const [device] = await service.devices.list();
		const place = url + "/devices/" + device?.uuid;
		assert.equal(page.url(), place);
		assert.deepEqual(
			[device?.owner, device?.product, device?.state],
			["admin", "ACME-LAMP", "provisioned"],
		);

		await release(desk, "next", "0.2.0.0", 1);
		await page.goto(place);
		board.uart.input(Buffer.from("dfu_update\r"));
		await desk.heard("[Updated to 0.2.0.0]");
		await page.getByText("It runs 0.2.0.0.").waitFor();

		await release(desk, "broken", "0.3.0.0", 2);
		await page.goto(place);
		for (let trial = 1; trial <= 3; trial++) {
			board.uart.input(Buffer.from("dfu_update\r"));
			await desk.heard(trial < 3 ? "is tried again]" : "[Update to 0.3.0.0 failed");
		}
		// Why it was taken back it tells when it asks again, as it does by itself within a day.
		board.uart.input(Buffer.from("dfu_update\r"));
		await page.getByText(/Last, it said of 0\.3\.0\.0: .*crash/).waitFor();
		await page.getByText("It runs 0.2.0.0.").waitFor();
		await page.goto(url + "/products/ACME-LAMP");
		await page.getByText("1 failed").first().waitFor();
	},
);

test(
	"whatever fails, the page says what to do, and goes on from there",
	{ skip },
	async (context) => {
		const desk = await openDesk(context, "v8");
		const { service, page, cable, told, again } = desk;
		await desk.addProduct("alice");
		cable.isBusy = true;
		await desk.open("olga", "operator");
		await told("cable", /The port can't be opened. Close whatever else uses it/);
		cable.isBusy = false;
		await again("cable");

		await told("wifi", /Which network/);
		await cable.unplug();
		await told("wifi", /The cable is out/);
		await again("wifi");
		await told("wifi", /No port was chosen. Plug the device in/);
		await lookAt(page, "add-device-failed");
		await cable.plug();
		await again("wifi");
		await desk.join("wrong horse");
		await told("wifi", /The device can't join home. Check the passkey/);
		await again("wifi");
		await lookAt(page, "add-device-wifi");
		await page.route("**/api/v1/tokens/provisioning", async (route) => {
			await route.fetch(); // The answer alone is lost.
			await route.abort();
		});
		await desk.join();

		await told("identity", /The service doesn't answer. Is it running/);
		await page.unroute("**/api/v1/tokens/provisioning");
		await page.route("**/api/v1/tokens/provisioning", async (route) => {
			const response = await route.fetch();
			const made: { id: string } = await response.json();
			await service.tokens.revoke(made.id);
			await route.fulfill({ response });
		});
		await again("identity");
		await told("identity", /The device says: The service has no such token, or it was revoked/);
		await page.unroute("**/api/v1/tokens/provisioning");
		await page.route("**/api/v1/tokens/claim", async (route) => {
			await cable.unplug();
			await route.continue();
		});
		await again("identity");

		await told("owner", /The cable is out/);
		await page.unroute("**/api/v1/tokens/claim");
		await cable.plug();
		const [session] = await service.sessions.list("olga");
		await service.sessions.end("olga", session?.id ?? "");
		await again("owner");
		await told("owner", /Your session has ended. Log in in another tab/);
		await desk.logIn("olga");
		await again("owner");
		await desk.finished();
		await lookAt(page, "add-device-done");
		const devices = await service.devices.list();
		assert.deepEqual(
			devices.map(({ owner, product }) => [owner, product]),
			[["olga", "ACME-LAMP"]],
		);

		const tokens = (await service.tokens.list()).length;
		assert.equal(tokens, 3, "the one whose answer was lost, the next, and one to claim");
		await desk.begin();
		await told("identity", /It has its identity already/);
		await told("owner", /It is yours already/);
		await desk.finished();
		assert.equal((await service.tokens.list()).length, tokens, "what is done costs no token");
	},
);

test("an owner types the token that came with the device", { skip }, async (context) => {
	const desk = await openDesk(context, "v8");
	const { service, page, told, again } = desk;
	await desk.addProduct("bob");
	await desk.open("alice", "owner");
	await desk.join();
	await told("identity", /Which token came with it/);
	await page.fill("[name=token]", "dms1/nonsense");
	await page.click("#step-identity form button");
	await told("identity", /The device says: .*token/);
	await again("identity");
	const { token } = await service.tokens.addProvisioning();
	await page.fill("[name=token]", " " + token + " ");
	await page.click("#step-identity form button");
	await desk.finished();
	const [device] = await service.devices.list();
	assert.deepEqual([device?.owner, device?.product], ["alice", "ACME-LAMP"]);
});

test("what isn't a device of ours is told, and so is another's", { skip }, async (context) => {
	const desk = await openDesk(context, "none");
	const { page, url, cable, told, again } = desk;
	await desk.addProduct("alice", "esp32");
	const noise = Buffer.from("IMPROV\x01\xff\xc0R000009\r\n\x00Ready".repeat(20), "latin1");
	cable.farEnd = { input: () => cable.say(noise) };
	await desk.open("olga", "operator");
	await told("firmware", /Nothing answers that could be set up here/);
	cable.farEnd = desk.board.uart;
	desk.board.powerOn();
	await again("firmware");
	await told("firmware", /It runs ACME-LAMP on board, and ACME-LAMP is for esp32/);

	await page.goto(url + "/devices/add");
	await lookAt(page, "add-device");
	await page.click("text=Show the lines to paste");
	await page.getByText("dms_activate ACME-LAMP").waitFor();
	await lookAt(page, "add-device-lines");
});
