/** A publisher at work in a real browser, and pages that move while one looks at them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import { deviceLabel } from "../../src/protocol/signature.js";
import { openBench, type Provisioned } from "../dms/bench.js";
import { draftOf } from "../dms/protocol-device.js";
import { createPublisher, product } from "../dms/publisher.js";
import { lookAt, skip, visitAs } from "./chromium.js";

const version = "1.1.0.0";
const file = (bytes: Uint8Array) => ({
	...{ name: "file", mimeType: "application/octet-stream", buffer: Buffer.from(bytes) },
});

test(
	"a bundle goes up, is rolled out, fails, and stops, while the pages are open",
	{ skip },
	async (context) => {
		const bench = await openBench(context);
		const { service, claimed, send, clock } = bench;
		const publisher = createPublisher(context, service);
		const listener = await listenForApi(service, { host: "127.0.0.1", port: 0 });
		context.after(() => listener.close());
		await service.users.add("root", { role: "admin" });
		const page = await visitAs(service, listener.url, "root");
		const said: string[] = [];
		page.on("console", (message) => said.push(message.text()));

		const devices: Provisioned[] = [];
		while (devices.length < 4) devices.push(await claimed("alice"));
		for (const { device } of devices) await send(device.activate(product));
		const place = listener.url + "/products/" + product;
		await page.goto(place);
		await page.setInputFiles(
			"form[action$='/key'] input[type=file]",
			file(publisher.keyStatement()),
		);
		const upload = page.click("text=Upload the key's statement");
		await Promise.all([page.waitForEvent("load"), upload]);
		await page.setInputFiles("form[action$='/bundle'] input", file(new Uint8Array(100)));
		await page.click("text=Upload the bundle");
		await page.waitForSelector("form[action$='/bundle'] [role=alert]");
		said.length = 0; // The browser has said that it was 422.
		const bundleFile = file(publisher.bundleFile(version, 1));
		await page.setInputFiles("form[action$='/bundle'] input", bundleFile);
		await page.click("text=Upload the bundle");
		await page.click("text=" + version);
		await page.click("text=Tag it");
		await page.waitForSelector("text=about 4 haven't said anything yet");

		const { id: bundle } = await service.bundles.show(product, version);
		const report = async (index: number, status: number): Promise<void> => {
			const key = devices[index]?.device.key;
			assert.ok(key);
			const body = { bundle, status, percent: 100 };
			const signers = [{ label: deviceLabel, key }];
			await send(draftOf({ method: "PUT", path: "/update", body }, signers, clock));
		};
		await page.focus("text=Pause");
		await report(0, 1);
		await page.waitForSelector("text=1 confirmed");
		const hasFocus = "document.activeElement.textContent === 'Pause'";
		assert.equal(await page.evaluate(hasFocus), true, "who is at a button stays there");
		for (const index of [1, 2, 3]) await report(index, 221);
		await page.waitForSelector("text=The service stopped it");
		await page.waitForSelector("text=That version crashed on this device too often");
		await page.goto(place);
		await page.waitForSelector(`dd:has-text("4 in all, 3 on 1.0.0.0, 1 on ${version}")`);
		await page.click("text=3 devices");
		await page.waitForSelector("tr[data-key] >> nth=2");
		assert.equal(await page.locator("tr[data-key]").count(), 3, "those that have failed");
		await lookAt(page, "failed-devices");

		await page.goto(listener.url + "/devices");
		const uuid = devices[0]?.uuid ?? "";
		await page.waitForSelector(`tr[data-key="${uuid}"]`);
		await service.devices.lock(uuid);
		await page.waitForSelector(`tr[data-key="${uuid}"] >> text=locked`);
		await page.goto(listener.url + "/devices?owner=bob");
		await page.waitForSelector("text=No device matches.");
		assert.equal(await page.isVisible("table"), false);
		const first = await claimed("bob");
		await page.waitForSelector(`tr[data-key="${first.uuid}"]`);
		assert.equal(
			await page.isVisible("text=No device matches."),
			false,
			"a list that was empty comes alive",
		);
		const one = devices[1]?.uuid ?? "";
		const bundlePath = `/products/${product}/bundles/${version}`;
		for (const path of ["/products/" + product, bundlePath, "/devices/" + one]) {
			await page.goto(listener.url + path);
			await lookAt(page, "publishing" + path.replaceAll("/", "_").slice(0, 30));
		}
		assert.deepEqual(said, [], "the policy stops nothing");
	},
);
