/** The forms of `dms.host` that people try, and a service that moves to another name. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, prepareService } from "../journey/journey.js";
import { inWorld } from "../journey/world.js";

const taken = [
	"dms.test:8443",
	"DMS.TEST:8443",
	"xn--bcher-kva.example",
	"x".repeat(63) + ".test",
	"10.0.0.1",
];
const refused = [
	"https://dms.test:8443",
	"dms.test:8443/",
	"dms.test.:8443",
	"dms.test:",
	"dms.test:0",
	"dms.test:65536",
	"[::1]:8443",
	"::1",
	"dms_1.test",
	"bücher.example",
	"-a.test",
	"x".repeat(64) + ".test",
	"1.2.3",
	"256.1.1.1",
	"127.1",
	" dms.test",
	"x".repeat(100) + ":8443",
];

test("an address is a host's name or an IPv4 address, with a port or without", async () => {
	await inWorld({ processor: "v8" }, async ({ terminal }) => {
		await terminal.powerOn();
		for (const address of taken) {
			assert.equal(await terminal.type("set dms.host " + address), "Set OK", address);
			assert.equal(await terminal.type("get dms.host"), address.toLowerCase());
		}
		for (const address of refused) {
			assert.match(await terminal.type(`set dms.host "${address}"`), /^Invalid argument/, address);
		}
		assert.equal(await terminal.type('set dms.host ""'), "Set OK");
	});
});

test("a service that moves is found under its new name, or under both", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		const { terminal } = world;
		await terminal.powerOn();
		for (const line of linesOf(await prepareService(world))) await terminal.type(line);
		await world.service().setAddresses(["new.test:8443"]);
		await terminal.type("reboot");
		await terminal.type("network_up");
		assert.match(await terminal.type("dfu_query"), /certificate is not for dms.host/);
		assert.equal(await terminal.type("set dms.host new.test:8443"), "Set OK");
		assert.equal(await terminal.type("dfu_query"), "The product has no release yet.");
		await world.service().setAddresses(["new.test:8443", "dms.test:8443"]);
		await terminal.type('set dms.host ""');
		assert.equal(await terminal.type("dfu_query"), "The product has no release yet.");
	});
});
