/**
 * A device that is off while its platform's key is followed by the next, and its product's too: the
 * procedure of hosts/dms/README.md, played on the device's own program against the service.
 */

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { buildImage } from "../../hosts/board/build-image.js";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import { makeBundle } from "../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	platformKeyOf,
	productKeyOf,
	restateProductKey,
} from "../../hosts/dms/publisher/keys.js";
import { linesOf, prepareService } from "../journey/journey.js";
import { createWorld, product, type World } from "../journey/world.js";
import { DfuStatus } from "../../src/update/status.js";

const lamp = fileURLToPath(new URL("../../example/lamp/lamp.js", import.meta.url));
const platform = "board";
const yearMilliseconds = 365 * 86_400_000;

/** Who has the keys of the platform and of the product. */
class Publisher {
	readonly #folder = mkdtempSync(join(tmpdir(), "opendms-"));
	#keys = join(this.#folder, "1");
	#sequence = 0;

	constructor() {
		createPlatformKey(this.#keys, platform);
		createProductKey(this.#keys, product, platform, false);
	}

	imageOf(version: string): Uint8Array {
		return buildImage({ app: lamp, version, platformKey: platformKeyOf(this.#keys, platform) });
	}

	get statement(): Uint8Array {
		return readFileSync(join(this.#keys, `product-${product}.statement`));
	}

	async release({ bundles }: ReturnType<World["service"]>, version: string): Promise<void> {
		const about = { product, platform, version, sequence: ++this.#sequence };
		const image = this.imageOf(version);
		await bundles.publish(makeBundle({ ...about, image }, productKeyOf(this.#keys, product)));
		await bundles.tag(product, version, "release");
	}

	replaceProductKey(): Uint8Array {
		createProductKey(this.#keys, product, platform, true);
		return this.statement;
	}

	/** What is built from now on has another one. */
	replacePlatformKey(): void {
		const next = this.#keys + "+";
		createPlatformKey(next, platform);
		for (const end of ["key", "statement"]) {
			const name = `product-${product}.${end}`;
			copyFileSync(join(this.#keys, name), join(next, name));
		}
		this.#keys = next;
	}

	restate(): Uint8Array {
		restateProductKey(this.#keys, product, platform);
		return this.statement;
	}

	close(): void {
		rmSync(this.#folder, { recursive: true });
	}
}

interface Drawer {
	readonly world: World;
	readonly publisher: Publisher;
	readonly uuid: string;
}

/** A device that was made active, and lies in a drawer. */
async function openDrawer(context: TestContext, processor: ProcessorKind): Promise<Drawer> {
	const publisher = new Publisher();
	const world = await createWorld({ processor, image: publisher.imageOf("0.1.0.0"), seed: 1 });
	context.after(async () => {
		await world.close();
		publisher.close();
	});
	const { board, terminal } = world;
	const tokens = await prepareService(world);
	await world.service().bundles.addKey(publisher.statement);
	await terminal.powerOn();
	for (const line of linesOf(tokens)) {
		assert.doesNotMatch(await terminal.type(line), /Command failed/);
	}
	await board.powerOff();
	const [device] = await world.service().devices.list();
	return { world, publisher, uuid: device?.uuid ?? "" };
}

/** Types `dfu_update` until there is nothing left to get; the versions that it ran through. */
async function updateAll({ terminal }: World): Promise<string[]> {
	const versions: string[] = [];
	for (let count = 0; count < 9; count++) {
		const answer = await terminal.type("dfu_update");
		assert.doesNotMatch(answer, /Command failed/);
		if (answer.includes("Up to date")) return versions;
		await terminal.until("[Updated to ");
		const said = await terminal.type("version");
		versions.push(/ACME-LAMP-([\d.]+),/.exec(said)?.[1] ?? said);
	}
	assert.fail("it comes to no end");
}

async function outlookOf({ world, uuid }: Drawer): Promise<readonly [string, string | null]> {
	const { rule, version } = await world.service().devices.outlook(uuid);
	return [rule, version];
}

for (const [processor, missed] of [
	["v8", ["0.3.0.0", "0.5.0.0"]],
	["xs", ["0.3.0.0"]],
] as const) {
	const name = `who has missed ${missed.length} keys of the platform needs no cable`;
	test(`${name}, on ${processor}`, async (context) => {
		const drawer = await openDrawer(context, processor);
		const { world, publisher } = drawer;
		const { board, clock, terminal } = world;
		const service = world.service();
		await publisher.release(service, "0.2.0.0");
		await service.bundles.addKey(publisher.replaceProductKey());
		// The platform's key, then the product's, then both again.
		for (const version of missed) {
			publisher.replacePlatformKey();
			await publisher.release(service, version);
			await service.bundles.addKey(publisher.restate(), version);
			await service.bundles.addKey(publisher.replaceProductKey());
		}
		await publisher.release(service, "0.6.0.0");
		await clock.run(yearMilliseconds);
		assert.deepEqual(await outlookOf(drawer), ["stepping-stone", "0.3.0.0"], "by its version");
		const stones = await service.steppingStones.list(product);
		assert.deepEqual(
			stones.map(({ version, generation, devices }) => [version, generation, devices]),
			missed.map((version, index) => [version, 2 + index, index === 0 ? 1 : 0]),
		);
		await terminal.powerOn();
		assert.deepEqual(await updateAll(world), [...missed, "0.6.0.0"]);
		assert.deepEqual(await outlookOf(drawer), ["up-to-date", null]);
		assert.deepEqual(board.faults, []);
	});
}

test("where nothing leads over, the device and its operator are told", async (context) => {
	const drawer = await openDrawer(context, "v8");
	const { world, publisher } = drawer;
	const { terminal } = world;
	const service = world.service();
	publisher.replacePlatformKey();
	await publisher.release(service, "0.3.0.0");
	await service.bundles.addKey(publisher.restate(), "0.3.0.0");
	await service.bundles.addKey(publisher.replaceProductKey());
	await publisher.release(service, "0.4.0.0");
	await service.steppingStones.remove(product, 1);
	await terminal.powerOn();
	assert.match(await terminal.type("dfu_query"), /needs a cable/);
	assert.deepEqual(await outlookOf(drawer), ["platform-key", null]);
	assert.notEqual(
		await terminal.type("get dfu.status"),
		String(DfuStatus.ProductKeySignatureInvalid),
	);
});
