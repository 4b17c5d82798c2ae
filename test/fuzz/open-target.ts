/** Opens a target by its name. The service is loaded for those that need one, in each thread. */

import { deviceTargetNames, openDeviceTarget } from "./device-target.js";
import type { Target } from "./fuzzer.js";

export async function openTarget(name: string): Promise<Target> {
	const plain = name.replace(/-xs$/, "");
	if (deviceTargetNames.includes(plain)) {
		return openDeviceTarget(plain, plain === name ? "V8" : "XS");
	}
	const reader = await import("./reader-target.js");
	if (reader.readerTargetNames.includes(name)) return reader.openReaderTarget(name);
	const endpoint = await import("./endpoint-target.js");
	if (endpoint.endpointTargetNames.includes(name)) return endpoint.openEndpointTarget(name);
	const port = await import("./port-target.js");
	if (port.portTargetNames.includes(name)) return port.openPortTarget(name);
	throw new Error("there is no target " + name);
}
