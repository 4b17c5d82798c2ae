/** The CA's key is lost: what devices in the field notice, and who needs a cable. */

import assert from "node:assert/strict";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { VirtualClock } from "../../hosts/board/clock.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { createTool } from "../dms/tool.js";
import { address, image, product, start, user } from "../journey/world.js";
import { dayMilliseconds } from "./agenda.js";
import { Unit } from "./unit.js";

/** A service in a folder, and a device of its that is in use. */
class Field {
	readonly clock = new VirtualClock(start);
	readonly folder: string;
	readonly unit: Unit;
	service: Service | undefined;
	asked = 0;

	constructor(context: TestContext) {
		({ folder: this.folder } = createTool(context));
		context.after(async () => {
			await this.unit.powerOff();
			await this.service?.close();
		});
		const answer = async (request: Request) => {
			this.asked++;
			return this.service?.fetch(request);
		};
		const { clock } = this;
		this.unit = new Unit({ clock, image, answer, name: "lost key", years: 0 });
	}

	get data(): string {
		return join(this.folder, "data");
	}

	async start(data = this.data): Promise<Service> {
		const now = () => this.clock.now();
		const options = { data, addresses: [address], now, acceptsClock: true };
		return (this.service = await openService(options));
	}

	async stop(): Promise<void> {
		await this.service?.close();
		this.service = undefined;
	}

	/** Users and product, and the device that becomes hers. */
	async setUp(service: Service): Promise<void> {
		await service.users.add(user);
		const about = { code: product, title: "Lamp", platform: "board", owner: user };
		await service.products.add(about);
		const { token } = await service.tokens.addProvisioning();
		const { token: claim } = await service.tokens.addClaim({ user });
		const lines = ["dms_provision " + token, "dms_claim " + claim, "dms_activate " + product];
		await this.unit.setUpAnd(...lines);
	}

	/** What flash says who it is: its certificate, and the CA that it trusts. */
	get identity(): string {
		const { certificate, authority, key } = this.unit.identity;
		return [certificate, authority, key]
			.map((one) => Buffer.from(one ?? []).toString("hex"))
			.join();
	}

	async assertServed(service: Service): Promise<void> {
		const { token } = await service.tokens.addClaim({ user });
		await this.unit.typeUntil("dms_claim " + token, /Claimed by alice/);
	}

	days(count: number): Promise<void> {
		return this.clock.run(count * dayMilliseconds);
	}
}

test("a CA's key that is restored from where it was kept was never gone", async (context) => {
	const field = new Field(context);
	const first = await field.start();
	await field.setUp(first);
	const kept = join(field.folder, "kept");
	await first.certificates.keepKeys(kept);
	const { identity } = field;
	await field.stop();
	rmSync(join(field.data, "ca.key"));
	await assert.rejects(field.start(), /Restore them from a backup/);
	await field.days(2);
	for (const name of ["ca.key", "ca.crt"]) copyFileSync(join(kept, name), join(field.data, name));
	const again = await field.start();
	await field.assertServed(again);
	assert.equal(field.identity, identity);
	await field.days(310);
	await field.assertServed(again);
	assert.notEqual(field.identity, identity, "it has renewed");
	const [device, ...others] = await again.devices.list();
	assert.deepEqual([device?.uuid, others.length], [await field.unit.valueOf("system.uuid"), 0]);
});

test("a CA's key that is lost for good costs each device a cable, no more", async (context) => {
	const field = new Field(context);
	const first = await field.start();
	await field.setUp(first);
	const { unit } = field;
	rmSync(join(field.data, "ca.key"));
	// The service that runs has it in memory, and renews by it.
	await field.days(310);
	await field.assertServed(first);
	const { identity } = field;
	await field.stop();
	await assert.rejects(field.start(), /Restore them from a backup/);

	// Another service at the same address is none that the device knows.
	const second = await field.start(join(field.folder, "second"));
	const before = { asked: field.asked, writes: unit.board.nvs.writes };
	await field.days(7);
	assert.ok(field.asked - before.asked <= 7 * 24 * 4, "it doesn't hammer: " + field.asked);
	assert.ok(unit.board.nvs.writes - before.writes <= 5, "nor wear its flash");
	assert.equal(field.identity, identity, "it stays who it is");
	assert.equal(await unit.valueOf("dms.provision.status"), "3");
	assert.deepEqual(await second.devices.list(), []);

	// The way with the cable, as the page says.
	const mac = await unit.valueOf("wlan.mac");
	await unit.forget(mac);
	await field.setUp(second);
	await field.assertServed(second);
	assert.equal((await second.devices.list()).length, 1);
	assert.notEqual(field.identity, identity);
});
