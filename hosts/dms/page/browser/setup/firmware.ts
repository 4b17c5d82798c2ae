/** What runs on the device; where that is nothing of ours, a cable puts firmware onto it. */

import type { Cable } from "./cable.js";
import { type FactoryImage, findFactoryImage, readFactoryImage } from "./service.js";
import { SetupError } from "./setup-error.js";
import type { Step } from "./step.js";
import { type Firmware, findFirmware } from "./wifi.js";

interface Wanted {
	readonly product: string;
	readonly platform: string;
}

const silence = "Nothing answers that could be set up here.";
const silenceAdvice =
	" Is it the device's port, and is it powered? Press its reset button, then Again.";

export async function putFirmware(cable: Cable, step: Step, wanted: Wanted): Promise<string> {
	const found = await findFirmware(cable);
	if (found?.platform === wanted.platform) return textOf(found);
	const image = await findFactoryImage(wanted.product);
	if (image === undefined) throw new SetupError(whyNot(found, wanted));
	const state = found === undefined ? silence : textOf(found);
	await step.asked(
		`${state} Put ${wanted.product} ${image.version} onto it? It takes some minutes. Settings ` +
			"and identity that are on it stay.",
	);
	await write(cable, step, wanted, image);
	step.tell("It starts ...");
	const made = await findFirmware(cable);
	if (made?.platform === wanted.platform) return textOf(made);
	throw new SetupError(
		"The firmware is on it, but doesn't answer. Press its reset button, then Again.",
	);
}

async function write(
	cable: Cable,
	step: Step,
	{ product, platform }: Wanted,
	image: FactoryImage,
): Promise<void> {
	step.tell("Writing ... Leave the cable in.");
	const content = await readFactoryImage(product);
	// Large, and most devices have firmware: loaded when it is needed.
	const { flash } = await import("./flash.js");
	const onProgress = (share: number): void => step.showProgress(share);
	await cable.lend((port) => flash(port, { ...image, platform, content, onProgress }));
}

function textOf({ name, version, platform }: Firmware): string {
	return `It runs ${name} ${version} on ${platform}.`;
}

function whyNot(found: Firmware | undefined, { product, platform }: Wanted): string {
	if (found !== undefined) {
		return (
			`It runs ${found.name} on ${found.platform}, and ${product} is for ${platform}. Reload ` +
			"this page, and choose another product."
		);
	}
	return (
		`${silence}${silenceAdvice} A blank one needs firmware, which isn't here: its publisher ` +
		`gives it to the service: "Blank chips" on the page of ${product}, or opendms product factory.`
	);
}
