/** Boards that are on a product and take updates, and images for them. */

import { fileURLToPath } from "node:url";
import { buildImage } from "../../hosts/board/build-image.js";
import { linesOf, prepareService } from "../journey/journey.js";
import { createWorld, type World, type WorldOptions } from "../journey/world.js";
import { type Bundle, BundleService } from "./bundle-service.js";
import { keyStatement, platformKeys, sha256, statement } from "./publisher.js";

const lamp = fileURLToPath(new URL("../../example/lamp/lamp.js", import.meta.url));
const { publicKey: platformKey } = platformKeys;

export const oldVersion = "0.1.0.0";
export const newVersion = "0.2.0.0";

export const oldImage = buildImage({ app: lamp, version: oldVersion, platformKey });
export const newImage = buildImage({ app: lamp, version: newVersion, platformKey });

/** A bundle of an image; its UUID is made of the sequence. */
export function bundleOf(
	image: Uint8Array,
	fields: Parameters<typeof statement>[1] = {},
	signed = statement(image, fields),
): Bundle {
	const { sequence = 1, version = newVersion } = fields;
	const digits = Buffer.from(sha256(Buffer.from("bundle " + String(sequence)))).toString("hex");
	const id = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16)]
		.concat(digits.slice(16, 20), digits.slice(20, 32))
		.join("-");
	return { id, version: String(version), statement: signed, image };
}

export interface Fleet extends World {
	readonly bundles: BundleService;
}

/** A world whose board is active on the product, with the product's key pinned. */
export async function createFleet(options: Partial<WorldOptions> = {}): Promise<Fleet> {
	const bundles = new BundleService();
	bundles.key = keyStatement();
	const world = await createWorld({
		processor: "v8",
		image: oldImage,
		between: bundles.between,
		...options,
	});
	return { ...world, bundles };
}

export async function activate(world: World): Promise<void> {
	await world.terminal.powerOn();
	for (const line of linesOf(await prepareService(world))) {
		const answer = await world.terminal.type(line);
		if (answer.includes("Command failed")) throw new Error(line + ": " + answer);
	}
}

/** Makes a fleet of one for `act`, and ends it whatever comes. */
export async function inFleet(
	options: Partial<WorldOptions>,
	act: (fleet: Fleet) => Promise<void>,
): Promise<void> {
	const fleet = await createFleet(options);
	try {
		await activate(fleet);
		await act(fleet);
	} finally {
		await fleet.close();
	}
}
