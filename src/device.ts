/** What a device program consists of, and what a product maker adds to it. */

import type { Dms } from "./dms/dms.js";
import type { Host } from "./host.js";
import type { Network } from "./network/network.js";
import type { Settings } from "./storage/settings.js";
import type { Dfu } from "./update/dfu.js";
import type { Faults } from "./update/faults.js";

/** The running device, as commands, variables and apps see it. */
export interface Device {
	readonly host: Host;
	readonly app: App;
	/** The device's own; the app's come after them. */
	readonly commands: readonly Command[];
	readonly variables: readonly Variable[];
	readonly dms: Dms;
	readonly network: Network;
	readonly settings: Settings;
	readonly faults: Faults;
	/** Updates; `undefined` in a firmware that takes none. */
	readonly dfu: Dfu | undefined;
	/** Long replies that wait to be read. */
	readonly streams: Streams;
	/** Flash can't be used since the reset: nothing that was kept is known, and nothing is kept. */
	readonly isStorageClosed: boolean;
	/** What `version` prints: product, build, library and board. */
	readonly version: string;
	/** What a command or variable is, in a sentence; `undefined` in a firmware without help texts. */
	helpOf(row: Command | Variable): string | undefined;
	/** Prints a line of its own on the console, without tearing what is being typed. */
	log(line: string): void;
	/**
	 * Asks the person at the console, within a command, with lines above the question if need be;
	 * resolves with the line that is typed. Rejects in machine format.
	 */
	ask(question: string, isSecret: boolean, above?: Lines): Promise<string>;
	/** Answers the command that is running, and then does nothing more but `act`: a restart. */
	endWith(act: () => void): void;
	/** Does `act` now, or when the trial of this image has ended well: a sleep would end it. */
	afterTrial(act: () => void): void;
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

/** One row of the table of commands. */
export interface Command {
	readonly name: string;
	/** Another name, of at most six letters. */
	readonly abbreviation?: string;
	/** The parameters as `help` shows them, such as `<product code>`; by default none. */
	readonly parameters?: string;
	/** What it does, in a sentence. Those of the device's own are in `console/help-texts.ts`. */
	readonly help?: string;
	/** How many parameters it takes, at least and at most; by default none. */
	readonly count?: readonly [least: number, most: number];
	/** Words that a parameter can be, for completion. */
	readonly options?: readonly string[];
	/** Its parameters are never echoed and never kept in the history. */
	readonly isSecret?: boolean;
	/** Its first parameters name a variable. */
	readonly isOnVariable?: boolean;
	/** Runs the command. A `DmsError` becomes `Command failed` and its sentence. */
	readonly run: (device: Device, parameters: readonly string[]) => Answer | Promise<Answer>;
}

/**
 * What a command answers: a line without its end, or some, or bytes that are sent as they are.
 * `undefined` is no line at all, where an empty text is an empty one. Long answers are `Lines`,
 * which controllers with little memory can have buffered. Control characters in a line are shown,
 * not sent.
 */
export type Answer = string | readonly string[] | Lines | Uint8Array | undefined;

/** Long replies that wait for a controller to read them; a handle is one digit. */
export interface Streams {
	/** Keeps a reply; returns what tells the controller so: `<handle>,<length>`. */
	open(name: string, lines: Lines): string;
	/** The next bytes, at most `count`; `undefined` at the end, where a stream closes by itself. */
	read(handle: number, count: number): Uint8Array | undefined;
	isAtEnd(handle: number): boolean;
	close(handle: number): void;
	closeAll(): void;
	/** One row for each that is open. */
	list(): Lines;
}

/**
 * The lines of a long answer by their index, `undefined` behind the last. It is called more than
 * once for a line and must then return the same: nothing of a long answer needs to be kept.
 */
export type Lines = (index: number) => string | undefined;

/** `boolean`s are 0 or 1, and can be set by off, on, false and true too; an address is IPv4. */
export type VariableType = "boolean" | "integer" | "text" | "choice" | "address";

/** What can only be set is a secret: it shows as asterisks, and what is typed is not echoed. */
export type VariableAccess = "get" | "set" | "get/set";

/** One row of the table of variables. Without `get` and `set` of its own it is a setting. */
export interface Variable {
	/** Parts joined by dots; a setting is kept in flash under this name. */
	readonly name: string;
	/** Gecko OS's own, where it isn't the shortest unique prefix of each part. */
	readonly abbreviation?: string;
	/** `text` by default. */
	readonly type?: VariableType;
	/** `get/set` by default. */
	readonly access?: VariableAccess;
	/** What it is, in a sentence, as a command's. */
	readonly help?: string;
	/** The value as long as nobody has set another. */
	readonly initial?: string;
	/** Limits of an integer's value or of a text's length in bytes. An empty text is always taken. */
	readonly minimum?: number;
	readonly maximum?: number;
	/** All values of a choice, or all arguments that `get` takes. */
	readonly options?: readonly string[];
	/** The value; `argument` is what stood behind the name. */
	readonly get?: (device: Device, argument?: string) => string;
	/** Takes a value of the type and within the limits, or throws a `DmsError`. */
	readonly set?: (device: Device, value: string) => void | Promise<void>;
	/** Of a secret: whether it has a value. */
	readonly isSet?: (device: Device) => boolean;
}
