/** What hosts on the SDK have alike: the network behind a radio, and timers. */

import type { Clock, Crypto, Host, System } from "../../src/host.js";
import { installAbortHook } from "./abort.js";
import { Connections } from "./connection.js";
import { GuardedHTTPClient } from "./http.js";
import { MachineResolver, NoPing } from "./lookup.js";
import { GuardedTimer } from "./timer.js";

type Parts = Pick<Host, "clock" | "crypto" | "network" | "system" | "timer">;

/** To be called once in a boot: exceptions that nobody catches are seen to from then on. */
export function hostParts(
	wifi: Host["network"]["wifi"],
	system: System,
	clock: Clock,
	crypto: Crypto,
): Parts {
	const connections = new Connections();
	const http = { io: GuardedHTTPClient, system, connections, clock, crypto };
	installAbortHook(system, connections);
	return {
		network: {
			wifi,
			http,
			https: { ...http, isSecure: true },
			dns: { io: MachineResolver, system },
			ping: { io: NoPing },
		},
		timer: new GuardedTimer(system, clock),
		clock,
		crypto,
		system,
	};
}
