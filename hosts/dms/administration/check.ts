/** Looks whether all that the service keeps is whole, and fits together. */

import { keyId } from "../../../src/protocol/key.js";
import type { Core } from "../core.js";
import { sha256, shortName } from "../digest.js";
import { isKeyDeleted } from "../storage/deleted-devices.js";
import { findReplacedKey } from "../storage/device-keys.js";
import { findDeviceByKey, listDevices } from "../storage/devices.js";
import { isImageWhole, neededImages } from "../storage/image-check.js";
import { type Page, pagesOf } from "../storage/pages.js";
import { listProvisioningTokens } from "../storage/provisioning-tokens.js";
import { integrityProblems } from "../storage/sqlite.js";

export interface Checked {
	/** How many of each were looked at. */
	readonly images: number;
	readonly devices: number;
	readonly tokens: number;
	/** What is wrong, a sentence each. */
	readonly problems: readonly string[];
}

/** Of one kind so many are told, then it is damaged enough. */
const problemsMaximum = 100;

/**
 * That the CA is the one that the database remembers is looked at when a service is opened: without
 * it, none is.
 */
export async function check(core: Core): Promise<Checked> {
	const problems = await integrityProblems(core.database);
	const images = await damagedImages(core);
	const devices = await checkDevices(core);
	const tokens = await checkTokens(core);
	const all = [...problems, ...images.problems, ...devices.problems, ...tokens.problems];
	const counts = { images: images.count, devices: devices.count, tokens: tokens.count };
	return { ...counts, problems: all };
}

interface Part {
	readonly count: number;
	readonly problems: readonly string[];
}

async function damagedImages({ database, images }: Core): Promise<Part> {
	const needed = await neededImages(database);
	const problems: string[] = [];
	for (const { digest, product, version } of needed) {
		if (await isImageWhole(images, digest)) continue;
		const way = "Publish it again, or restore it from a backup.";
		problems.push("The image of " + product + " " + version + " is damaged or gone. " + way);
	}
	return { count: needed.length, problems };
}

/** A device is found by its key's name: one of another key would be somebody else's. */
async function checkDevices({ database }: Core): Promise<Part> {
	const problems: string[] = [];
	let count = 0;
	const pages = pagesOf(
		(page: Page<string>) => listDevices(database, {}, page),
		({ uuid }) => uuid,
	);
	for await (const page of pages) {
		for (const { uuid, publicKey, keyId: name } of page) {
			count++;
			const isRight = keyId(Uint8Array.from(publicKey), { sha256 }) === name;
			if (!isRight) problems.push("The key of device " + uuid + " is damaged.");
			if (await isKeyDeleted(database, name)) {
				problems.push("Device " + uuid + " is there, and deleted: its key is refused.");
			}
		}
	}
	return { count, problems: problems.slice(0, problemsMaximum) };
}

/** A bound token names a device that is there, or was until it was deleted. */
async function checkTokens({ database }: Core): Promise<Part> {
	const problems: string[] = [];
	let count = 0;
	const pages = pagesOf(
		(page: Page<string>) => listProvisioningTokens(database, page),
		({ keyId: name }) => name,
	);
	for await (const page of pages) {
		for (const { keyId: name, deviceKeyId } of page) {
			count++;
			if (deviceKeyId === null) continue;
			const isKnown =
				(await findDeviceByKey(database, deviceKeyId)) !== undefined ||
				(await findReplacedKey(database, deviceKeyId)) !== undefined ||
				(await isKeyDeleted(database, deviceKeyId));
			if (!isKnown) problems.push("Token " + shortName(name) + " is bound to no device.");
		}
	}
	return { count, problems: problems.slice(0, problemsMaximum) };
}
