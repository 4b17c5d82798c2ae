/** All targets, by name. One that ends in `-xs` is a device's on XS, where memory is measured. */

import { deviceTargetNames, openDeviceTarget } from "./device-target.js";
import type { Target } from "./fuzzer.js";

const openers: Readonly<Record<string, () => Target | Promise<Target>>> = Object.fromEntries(
	deviceTargetNames.flatMap((name) => [
		[name, () => openDeviceTarget(name, "V8")],
		[name + "-xs", () => openDeviceTarget(name, "XS")],
	]),
);

export const targetNames: readonly string[] = Object.keys(openers);

export async function openTarget(name: string): Promise<Target> {
	const open = openers[name];
	if (open === undefined) throw new Error("there is no target " + name);
	return open();
}
