/** The device as a whole. */

import type { Command, Device, Lines } from "../../device.js";
import { DmsError, DmsResult } from "../../protocol/result.js";
import { storagePath } from "../../storage/room.js";
import { logsSetting } from "../../update/owner.js";
import { checkConfirmed } from "../confirmation.js";
import { rebooting } from "../rebooting.js";
import { valueOf } from "../values.js";
import { wakeupTimeout } from "../variables/system-variables.js";
import { why } from "../why.js";

export const systemCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "version",
		abbreviation: "ver",
		run: (device) => device.version,
	}),
	Object.freeze<Command>({
		name: "why",
		run: why,
	}),
	Object.freeze<Command>({
		name: "ls",
		run: recordTable,
	}),
	Object.freeze<Command>({
		name: "setup_web",
		abbreviation: "setup",
		parameters: "[status]",
		count: Object.freeze([0, 1]),
		options: Object.freeze(["status"]),
		run: (_, [what]) => {
			if (what === "status") return "0";
			throw new DmsError(
				DmsResult.Unsupported,
				"This device has no network of its own. A browser sets it up over this line: Improv Wi-Fi.",
			);
		},
	}),
	Object.freeze<Command>({
		name: "sleep",
		run: (device) => {
			const seconds = Number(valueOf(device, wakeupTimeout));
			if (seconds === 0) {
				throw new DmsError(
					DmsResult.Unsupported,
					"Nothing would wake the device. Set how long: set system.wakeup.timeout <seconds>",
				);
			}
			device.endWith(() => {
				device.afterTrial(() => device.host.system.sleep(seconds * 1000));
			});
			return "Sleeping";
		},
	}),
	Object.freeze<Command>({
		name: "reboot",
		run: rebooting,
	}),
	Object.freeze<Command>({
		name: "factory_reset",
		abbreviation: "fac",
		parameters: "<MAC>",
		count: Object.freeze([1, 1]),
		run: async (device, [mac = ""]) => {
			checkConfirmed(device, "factory_reset", mac);
			await device.dms.resetOwner();
			const wasTold = await device.dms.tellRelease().then(
				() => true,
				() => false,
			);
			device.settings.reset([logsSetting]);
			const last = rebooting(device);
			return wasTold ? last : ["The service will be told when it is next reached.", last];
		},
	}),
]);

/** Names and sizes of the records' copies; their content is nobody's to see. */
function recordTable({ host }: Device): Lines {
	const rows = ["! # Size Version Filename"];
	try {
		const domain = host.keyValue.open({ path: storagePath, format: "buffer" });
		for (const key of Array.from(domain)) {
			const size = String(domain.read(key)?.byteLength ?? 0).padStart(4);
			rows.push("# " + (rows.length - 1) + " " + size + " - " + key);
		}
		domain.close();
	} catch {
		throw new DmsError(DmsResult.StorageFailed);
	}
	return (index) => rows[index];
}
