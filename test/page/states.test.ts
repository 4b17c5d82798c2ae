/** What a page looks like when something was asked, refused, or goes on: on a phone and a desk. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import { openBench } from "../dms/bench.js";
import { createPublisher, product } from "../dms/publisher.js";
import {
	keyboardFaultsOf,
	lookOnce,
	movedOf,
	openChromium,
	skip,
	timeout,
	visitAs,
} from "./chromium.js";

test(
	"questions, refusals and labels fit, have names, and are met in order",
	{ skip },
	async (context) => {
		const { service, claimed } = await openBench(context);
		const publisher = createPublisher(context, service);
		const { url, close } = await listenForApi(service, { host: "127.0.0.1", port: 0 });
		context.after(close);
		await service.users.add("root", { role: "admin" });
		const long = "maximiliane-von-und-zu-wolkenkuckucksheim";
		await service.users.add(long, { role: "operator" });
		await publisher.addKey();
		await publisher.publish("1.1.0.0", 1);
		const { uuid } = await claimed(long);
		const page = await visitAs(service, url, "root");
		const look = async (name: string): Promise<void> => {
			await lookOnce(page, name, { colorScheme: "dark", width: 1280 });
			await lookOnce(page, name, { colorScheme: "light", width: 390 });
			assert.deepEqual(await keyboardFaultsOf(page), [], name);
		};
		const press = async (button: string): Promise<void> => {
			await Promise.all([
				page.waitForEvent("load"),
				page.click(`main button:text-is("${button}")`),
			]);
		};
		const device = url + "/devices/" + uuid;

		await page.goto(device);
		await press("Delete it");
		assert.equal(await page.evaluate("document.activeElement.textContent"), "Yes: Delete it");
		await look("asked");
		await page.goto(device);
		await page.click("text=Hand it over...");
		await page.fill("[action$='/transfer'] [name=user]", "nobody");
		await press("Make the token");
		await page.waitForSelector("details[open] >> text=There is no user nobody");
		await look("refused");
		await page.fill("[action$='/transfer'] [name=user]", "bob");
		await press("Make the token");
		await page.waitForSelector("ul.labels svg");
		await look("label");

		await page.goto(url + "/products/" + product);
		await service.products.setFloor(product, "0.9.0.0");
		await press("Correct it");
		await page.waitForSelector("text=has changed this since you looked at it");
		await look("changed-meanwhile");
		await page.goto(url + "/devices?owner=nobody");
		await page.waitForSelector("text=No device matches.");
		await look("nothing-matches");
		await page.goto(url + "/nothing");
		await look("not-found");
	},
);

test(
	"a log-in that fails says so where one types, and when to try again",
	{ skip },
	async (context) => {
		const { service } = await openBench(context);
		const { url, close } = await listenForApi(service, { host: "127.0.0.1", port: 0 });
		context.after(close);
		const page = await (await openChromium()).newPage();
		page.setDefaultTimeout(timeout);
		const logIn = async (): Promise<void> => {
			await page.fill("[name=name]", "alice");
			await page.fill("[name=password]", "wrong horse battery");
			await Promise.all([page.waitForEvent("load"), page.click("button.first")]);
		};
		await page.goto(url + "/log-in");
		await logIn();
		await page.waitForSelector("[role=alert] >> text=don't go together");
		assert.equal(await page.inputValue("[name=name]"), "alice");
		assert.equal(await page.inputValue("[name=password]"), "");
		while (!(await page.isVisible("text=too many attempts"))) await logIn();
		await lookOnce(page, "log-in-limited", { colorScheme: "dark", width: 390 });
		assert.deepEqual(await keyboardFaultsOf(page), []);
	},
);

test(
	"one can skip what all pages begin with, and nothing moves by itself",
	{ skip },
	async (context) => {
		const { service, claimed } = await openBench(context);
		const { url, close } = await listenForApi(service, { host: "127.0.0.1", port: 0 });
		context.after(close);
		await service.users.add("root", { role: "admin" });
		const { uuid } = await claimed("alice");
		const page = await visitAs(service, url, "root");
		await page.goto(url + "/devices/" + uuid);
		for (const key of ["Tab", "Enter", "Tab"]) await page.keyboard.press(key);
		assert.equal(await page.evaluate("document.activeElement.closest('main') !== null"), true);
		await page.keyboard.press("Shift+Tab");
		assert.equal(await page.evaluate("document.activeElement.closest('header') !== null"), true);
		for (const path of ["/devices", "/devices/" + uuid, "/devices/add", "/products/ACME-LAMP"]) {
			await page.goto(url + path, { waitUntil: "load" });
			assert.equal(await movedOf(page), 0, path);
		}
	},
);
