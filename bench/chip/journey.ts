/** The whole way of an emulated chip: blank to active, updated, reverted, and without power. */

import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { listen } from "../../hosts/dms/listener/listener.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { memory } from "../../hosts/dms/storage/database.js";
import { freePort } from "../../example/local-service.js";
import { keyStatement, product, statement } from "../../test/update/publisher.js";
import { type Emulator, instructionsPerMillisecond } from "./emulator.js";
import { versions } from "./firmware.js";

const user = "demo";
const network = "ethernet";
/** Of an image that isn't the version it was published as, and so went back. */
const revertedStatus = "225";

/** Bytes of memory, as the chip's `meters` has them. */
export interface Meters {
	readonly freeHeapBytes: number;
	readonly smallestFreeHeapBytes: number;
	readonly unusedStackBytes: number;
}

/** Instructions of the processor, as the chip's `operations` has them in milliseconds. */
export interface Operations {
	readonly publicKey: number;
	readonly sign: number;
	readonly verify: number;
	/** Of 256 KB. */
	readonly sha256: number;
}

/**
 * Makes the journey; `say` hears of each step. The emulator's network shows this machine to the
 * chip as `hostAddress`. Rejects at the first step that fails.
 */
export async function journey(
	emulator: Emulator,
	newImage: Uint8Array,
	hostAddress: string,
	say: (line: string) => void,
): Promise<Meters & { readonly instructions: Operations }> {
	const port = await freePort();
	const authority = createAuthority(Math.floor(Date.now() / 1000));
	const addresses = [hostAddress + ":" + port];
	const service = await openService({ database: memory, authority, addresses });
	const listener = await listen(service, { host: "127.0.0.1", port });
	try {
		await emulator.powerOn();
		await emulator.ready();
		const platform = /Board:(\S+)/.exec(await emulator.type("version"))?.[1] ?? "";
		say("boots: " + platform);
		await prepare(service, platform);
		await activate(emulator, service);
		say("provisioned, claimed, activated");
		await publish(service, platform, newImage, versions.new, 1);
		const first = await metersOf(emulator);
		await update(emulator, say);
		await publish(service, platform, newImage, versions.bad, 2);
		await revert(emulator);
		say("a bad update went back");
		const second = await metersOf(emulator);
		return { ...smallestOf(first, second), instructions: await operationsOf(emulator) };
	} finally {
		await emulator.close();
		await listener.close();
		await service.close();
	}
}

async function prepare({ users, products, bundles }: Service, platform: string): Promise<void> {
	await users.add(user);
	await products.add({ code: product, title: "Lamp", platform, owner: user });
	await bundles.addKey(keyStatement({ platform }));
}

async function activate(emulator: Emulator, { tokens }: Service): Promise<void> {
	const { token: provisioning } = await tokens.addProvisioning();
	const { token: claim } = await tokens.addClaim({ user });
	await emulator.type("set wlan.ssid " + network);
	await emulator.type("set wlan.auto_join.enabled 1");
	await emulator.type("save");
	await emulator.type("dms_provision " + provisioning);
	await emulator.type("dms_claim " + claim);
	await emulator.type("dms_activate " + product);
}

async function publish(
	{ bundles }: Service,
	platform: string,
	image: Uint8Array,
	version: string,
	sequence: number,
): Promise<void> {
	await bundles.publish({ image, statement: statement(image, { platform, version, sequence }) });
	await bundles.tag(product, version, "release");
}

/** An update that power cuts in its download and in its trial; it comes all the same. */
async function update(emulator: Emulator, say: (line: string) => void): Promise<void> {
	emulator.send("dfu_update");
	await emulator.until("[Download ");
	await emulator.cutPower();
	await emulator.powerOn();
	await emulator.ready();
	say("power was cut in the download");
	emulator.send("dfu_update");
	await emulator.until("[Download 100 %]");
	await emulator.until("[Ready]");
	await emulator.cutPower();
	await emulator.powerOn();
	await emulator.ready();
	say("power was cut in the trial");
	// It may have been confirmed before the cut; else it is downloaded already, and tried again.
	if (!(await emulator.type("version")).includes("-" + versions.new)) {
		emulator.send("dfu_update");
		await emulator.until("[Updated to " + versions.new);
		await emulator.until("> ");
	}
	say("updated to " + versions.new);
}

/** An image that says another version than it was published as is not kept. */
async function revert(emulator: Emulator): Promise<void> {
	emulator.send("dfu_update");
	await emulator.until("[Download 100 %]");
	await emulator.until("[Update to " + versions.bad + " failed");
	await emulator.until("> ");
	const status = await emulator.type("get dfu.status");
	if (status !== revertedStatus) throw new Error("dfu.status is " + status);
	const version = await emulator.type("version");
	if (!version.includes("-" + versions.new)) throw new Error("it runs " + version);
}

async function metersOf(emulator: Emulator): Promise<Meters> {
	const [free = NaN, smallest = NaN, stack = NaN] = await numbersOf(emulator, "meters", 3);
	return { freeHeapBytes: free, smallestFreeHeapBytes: smallest, unusedStackBytes: stack };
}

async function operationsOf(emulator: Emulator): Promise<Operations> {
	const times = await numbersOf(emulator, "operations", 4);
	const [publicKey = NaN, sign = NaN, verify = NaN, sha256 = NaN] = times.map(
		(milliseconds) => milliseconds * instructionsPerMillisecond,
	);
	return { publicKey, sign, verify, sha256 };
}

/** Throws when a command answers with anything but `count` numbers. */
async function numbersOf(
	emulator: Emulator,
	command: string,
	count: number,
): Promise<readonly number[]> {
	const answer = await emulator.type(command);
	const numbers = answer.split(" ").map(Number);
	if (numbers.length === count && !numbers.some(Number.isNaN)) return numbers;
	throw new Error(command + " says " + answer);
}

function smallestOf(first: Meters, second: Meters): Meters {
	return {
		freeHeapBytes: Math.min(first.freeHeapBytes, second.freeHeapBytes),
		smallestFreeHeapBytes: Math.min(first.smallestFreeHeapBytes, second.smallestFreeHeapBytes),
		unusedStackBytes: Math.min(first.unusedStackBytes, second.unusedStackBytes),
	};
}
