/**
 * What every machine with two slots keeps to, as a table: what is done, and what comes of it. Each
 * host that can run here plays all of it.
 */

/**
 * `boot` starts the machine and answers the slot that runs, with ` on trial` behind it if it is.
 * `write image` and `write rubbish` fill the other slot, and `spoil` damages it. These, `arm` and
 * `confirm` answer `done` or `refused`.
 */
export interface SlotMachine {
	do(command: string): string;
}

type Step = readonly [command: string, answer: string];

const confirmed: readonly Step[] = [
	["boot", "ota_0"],
	["write image", "done"],
	["arm", "done"],
	["boot", "ota_1 on trial"],
	["confirm", "done"],
	["boot", "ota_1"],
];

export const slotContract: Readonly<Record<string, readonly Step[]>> = {
	"a machine that was just programmed runs its first slot, which is on no trial": [
		["boot", "ota_0"],
		["boot", "ota_0"],
	],
	"an armed image that confirms itself stays": [...confirmed, ["boot", "ota_1"]],
	"an armed image that doesn't confirm itself gets exactly one boot": [
		...confirmed.slice(0, 4),
		["boot", "ota_0"],
		["boot", "ota_0"],
	],
	"a reverted image that is whole can be armed again, as often as one likes": [
		...confirmed.slice(0, 4),
		["boot", "ota_0"],
		["arm", "done"],
		["boot", "ota_1 on trial"],
		["boot", "ota_0"],
		["arm", "done"],
		["boot", "ota_1 on trial"],
		["confirm", "done"],
		["boot", "ota_1"],
	],
	"arming twice is arming once": [
		["boot", "ota_0"],
		["write image", "done"],
		["arm", "done"],
		["arm", "done"],
		["boot", "ota_1 on trial"],
		["boot", "ota_0"],
	],
	"the second update goes back into the first slot": [
		...confirmed,
		["write image", "done"],
		["arm", "done"],
		["boot", "ota_0 on trial"],
		["confirm", "done"],
		["boot", "ota_0"],
	],
	"the second update reverts to the first": [
		...confirmed,
		["write image", "done"],
		["arm", "done"],
		["boot", "ota_0 on trial"],
		["boot", "ota_1"],
		["boot", "ota_1"],
	],
	"what is no image can't be armed, and changes nothing": [
		["boot", "ota_0"],
		["arm", "refused"],
		["write rubbish", "done"],
		["arm", "refused"],
		["boot", "ota_0"],
	],
	"confirming an image that is on no trial changes nothing": [
		["boot", "ota_0"],
		["confirm", "done"],
		["boot", "ota_0"],
	],
	"what the machine goes back to after a trial stays as it is": [
		...confirmed.slice(0, 4),
		["write image", "refused"],
		["write rubbish", "refused"],
		["arm", "refused"],
		["boot", "ota_0"],
	],
	"an image that was damaged after it was armed isn't confirmed by another": [
		["boot", "ota_0"],
		["write image", "done"],
		["arm", "done"],
		["spoil", "done"],
		["boot", "ota_0"],
		["confirm", "done"],
		["write image", "done"],
		["boot", "ota_0"],
		["boot", "ota_0"],
	],
	"an image that is damaged after it was armed is not run": [
		["boot", "ota_0"],
		["write image", "done"],
		["arm", "done"],
		["spoil", "done"],
		["boot", "ota_0"],
		["boot", "ota_0"],
		["write image", "done"],
		["arm", "done"],
		["boot", "ota_1 on trial"],
	],
};
