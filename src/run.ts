/** The one entry: makes a device of a host and an app. */

import { commandsWith } from "./console/commands.js";
import { Console } from "./console/console.js";
import { deviceVariables, setting } from "./console/variables.js";
import type { App, Device } from "./device.js";
import { Dms } from "./dms/dms.js";
import { Finisher } from "./dms/finisher.js";
import type { Host } from "./host.js";
import { Network } from "./network/network.js";
import { RecordStore } from "./storage/record-store.js";
import { Settings } from "./storage/settings.js";
import { version } from "./version.js";

/** The namespace of all records in flash. */
const storagePath = "opendms";
/** What `version` calls a device without an app. */
const productDefault = "OPENDMS-CONSOLE";

/**
 * Starts the device program. Call it once after a reset; it returns at once and goes on by
 * callbacks.
 */
export function run(host: Host, app: App = {}): Device {
	const storage = host.keyValue.open({ path: storagePath, format: "buffer" });
	const settings = new Settings(new RecordStore(storage, "settings"));
	let terminal: Console | undefined;
	const log = (line: string): void => terminal?.log(line);
	const network = new Network(
		host,
		() => ({ ssid: settings.get(setting.ssid), passkey: settings.get(setting.passkey) }),
		log,
	);
	const dms = new Dms(host, network, new RecordStore(storage, "identity"), () => ({
		host: settings.get(setting.host),
		uuid: settings.get(setting.uuid),
	}));
	const finisher = new Finisher(host, dms, log);
	const device: Device = {
		host,
		dms,
		network,
		settings,
		version: versionText(host, app.product ?? productDefault),
		log,
		finishSoon: () => finisher.begin(),
	};
	const variables = [...deviceVariables, ...(app.variables ?? [])];
	terminal = new Console(host, device, commandsWith(app.commands ?? [], variables));
	finisher.begin();
	app.start?.(device);
	return device;
}

/** As Gecko OS writes it, so that hosts can take it apart at the commas. */
function versionText(host: Host, product: string): string {
	const { system } = host;
	const fields = [
		product + "-" + system.version,
		system.built,
		"opendms-" + version,
		"Board:" + system.platform,
	];
	return fields.join(", ");
}
