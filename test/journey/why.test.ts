/** `why` says what the matter is now, not what it was when a step was last tried. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { prepareService } from "./journey.js";
import { createWorld, network } from "./world.js";

test("what has become of the network since a step failed is what `why` says", async () => {
	const world = await createWorld({ processor: "v8" });
	try {
		const { terminal } = world;
		const { provisioning } = await prepareService(world);
		await terminal.powerOn();
		await terminal.type("dms_provision " + provisioning);
		assert.match(await terminal.type("why"), /No network is set/);
		await terminal.type("set wlan.ssid " + network.ssid);
		await terminal.type("set wlan.passkey wrong-passkey");
		assert.match(await terminal.type("network_up"), /refused the passkey/);
		assert.match(await terminal.type("why"), /not provisioned\. The network refused the passkey/);
		await terminal.type('set wlan.passkey "' + network.passkey + '"');
		assert.match(await terminal.type("network_up"), /Success/);
		assert.match(await terminal.type("why"), /has not been used yet\. Next: dms_provision/);
	} finally {
		await world.close();
	}
});
