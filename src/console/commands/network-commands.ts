/** The Wi-Fi network: joining and leaving it. */

import type { Command } from "../../device.js";

const success = "Success";

export const networkCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "network_up",
		abbreviation: "nup",
		parameters: "",
		help: "joins the network that is set",
		count: Object.freeze([0, 0]),
		run: async ({ network }) => {
			await network.up();
			return success;
		},
	}),
	Object.freeze<Command>({
		name: "network_down",
		abbreviation: "ndo",
		parameters: "",
		help: "leaves the network",
		count: Object.freeze([0, 0]),
		run: ({ network }) => {
			network.down();
			return success;
		},
	}),
]);
