/** What a device program consists of, and what a product maker adds to it. */

import type { Dms } from "./dms/dms.js";
import type { Host } from "./host.js";
import type { Network } from "./network/network.js";
import type { Settings } from "./storage/settings.js";
import type { Faults } from "./update/faults.js";

/** The running device, as commands, variables and apps see it. */
export interface Device {
	readonly host: Host;
	readonly app: App;
	readonly dms: Dms;
	readonly network: Network;
	readonly settings: Settings;
	readonly faults: Faults;
	/** What `version` prints: product, build, library and board. */
	readonly version: string;
	/** Prints a line of its own on the console, without tearing what is being typed. */
	log(line: string): void;
	/** Has the device finish what only the service can finish, soon and without being watched. */
	finishSoon(): void;
}

/** A product maker's own part. Everything in it is optional, and nothing happens before `start`. */
export interface App {
	/** Name of the product in `version`, in the form `CUSTOMER-PRODUCT`. */
	readonly product?: string;
	readonly commands?: readonly Command[];
	readonly variables?: readonly Variable[];
	/** Called once after each reset, when the console answers. It must not throw or reject. */
	readonly start?: (device: Device) => void;
}

export interface Command {
	readonly name: string;
	/** The parameters as `help` shows them, such as `<product code>`. */
	readonly parameters: string;
	readonly help: string;
	/** How many parameters it takes, at least and at most. */
	readonly count: readonly [least: number, most: number];
	/**
	 * The answer, without its last line end. A `DmsError` becomes `Command failed` and its
	 * sentence.
	 */
	readonly run: (device: Device, parameters: readonly string[]) => string | Promise<string>;
}

/** One without `get` can only be set, and shows as asterisks; one without `set` is read-only. */
export interface Variable {
	readonly name: string;
	readonly help: string;
	readonly get?: (device: Device) => string;
	/** Takes a value or throws a `DmsError`. Settings last until the reset, unless saved. */
	readonly set?: (device: Device, value: string) => void | Promise<void>;
	/** Of a variable without `get`: whether it has a value. */
	readonly isSet?: (device: Device) => boolean;
}
