/** All targets, by name. One that ends in `-xs` is a device's on XS, where memory is measured. */

import { deviceTargetNames, openDeviceTarget } from "./device-target.js";
import { endpointTargetNames, openEndpointTarget } from "./endpoint-target.js";
import type { Target } from "./fuzzer.js";
import { openPortTarget, portTargetNames } from "./port-target.js";
import { openReaderTarget, readerTargetNames } from "./reader-target.js";

type Open = () => Target | Promise<Target>;

const openers: Readonly<Record<string, Open>> = Object.fromEntries([
	...deviceTargetNames.flatMap((name): [string, Open][] => [
		[name, () => openDeviceTarget(name, "V8")],
		[name + "-xs", () => openDeviceTarget(name, "XS")],
	]),
	...readerTargetNames.map((name): [string, Open] => [name, () => openReaderTarget(name)]),
	...endpointTargetNames.map((name): [string, Open] => [name, () => openEndpointTarget(name)]),
	...portTargetNames.map((name): [string, Open] => [name, () => openPortTarget(name)]),
]);

/** Of the service, with all that it does for a request: each takes some milliseconds. */
export const slowTargetNames: readonly string[] = [...endpointTargetNames, ...portTargetNames];

export const targetNames: readonly string[] = Object.keys(openers);

export async function openTarget(name: string): Promise<Target> {
	const open = openers[name];
	if (open === undefined) throw new Error("there is no target " + name);
	return open();
}
