/** What flash knows of updates, however damaged: it is read, and can be written again. */

import { decodeMap, encodeMap } from "../../../src/protocol/message-pack.js";
import { compareVersions, isVersion } from "../../../src/protocol/version.js";
import { isRefused, type Running, updateRecordOf, withTrial } from "../../../src/update/record.js";
import { floorOf, higherOf, pinOf } from "../../../src/update/trust.js";
import { equal, isTrue } from "../../device/check.js";
import type { Probe } from "./probe.js";

const running: Running = Object.freeze({
	boot: Object.freeze({ reason: "power", slot: "ota_0", isOnTrial: false }),
	system: Object.freeze({ version: "1.0.0.0" }),
});

export const updateRecordProbe: Probe = Object.freeze<Probe>({
	lengthMaximum: 512,
	allocationBase: 8192,
	allocationFactor: 64,
	isKeepingNames: true,
	run: (input) => {
		const fields = decodeMap(input);
		if (fields === undefined) return "no map";
		const record = updateRecordOf(fields, running);
		isTrue(Number.isSafeInteger(record.sequence) && record.sequence >= 0, "a sequence");
		const floor = floorOf(fields);
		isTrue(isVersion(floor) && compareVersions(higherOf(floor, "1.0.0.0"), floor) >= 0, "a floor");
		const pin = pinOf(fields);
		if (pin !== undefined) equal(pin.key.length, 65, "a pin's key");
		const { trial } = record;
		if (trial !== undefined) {
			const written = decodeMap(encodeMap(withTrial(record, trial)));
			isTrue(written !== undefined, "it can be written again");
			equal(updateRecordOf(written ?? {}, running).trial, trial, "and is read as it was");
		}
		const facts = [trial !== undefined, trial && isRefused(trial), pin !== undefined, floor];
		return facts.join();
	},
});
