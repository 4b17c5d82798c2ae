/** The device as a whole. */

import type { Command } from "../../device.js";
import { logsEnabled } from "../variables/update-variables.js";
import { DmsError, DmsResult } from "../../protocol/result.js";

export const systemCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "version",
		abbreviation: "ver",
		parameters: "",
		help: "shows product, build, library and board",
		count: Object.freeze([0, 0]),
		run: (device) => device.version,
	}),
	Object.freeze<Command>({
		name: "reboot",
		parameters: "",
		help: "resets the device; what was not saved is lost",
		count: Object.freeze([0, 0]),
		run: (device) => {
			device.endWith(() => device.host.system.restart());
			return "Rebooting";
		},
	}),
	Object.freeze<Command>({
		name: "factory_reset",
		abbreviation: "fac",
		parameters: "<MAC>",
		help: "wipes the settings and releases the owner; the identity stays",
		count: Object.freeze([1, 1]),
		run: async (device, [mac = ""]) => {
			if (mac.toLowerCase() !== device.network.mac) {
				throw new DmsError(
					DmsResult.BadArgument,
					"Confirm with this device's own MAC: factory_reset " + device.network.mac,
				);
			}
			await device.dms.askRelease();
			const wasTold = await device.dms.finish().then(
				() => true,
				() => false,
			);
			device.settings.reset([logsEnabled.name]);
			device.endWith(() => device.host.system.restart());
			return wasTold
				? "Rebooting"
				: "The service will be told when it is next reached.\r\nRebooting";
		},
	}),
]);
