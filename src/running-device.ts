/** Makes a device of a host, an app and the parts of its console. */

import type { Console } from "./console/console.js";
import { ConsoleStreams } from "./console/streams.js";
import { serviceAddress, uuid } from "./console/variables/dms-variables.js";
import { isOn, valueOf } from "./console/values.js";
import {
	autoJoinEnabled,
	autoJoinRetries,
	autoJoinRetryDelay,
	fixedAddresses,
	hostnameSetting,
	passkey,
	ssid,
} from "./console/variables/network-variables.js";
import type { App, Command, Device, Lines, Variable } from "./device.js";
import { Dms } from "./dms/dms.js";
import type { DmsSettings } from "./dms/owner.js";
import { Finisher } from "./dms/finisher.js";
import type { Host } from "./host.js";
import { AutoJoin, type AutoJoinSettings } from "./network/auto-join.js";
import type { NetworkSettings } from "./network/join.js";
import { Network } from "./network/network.js";
import { withoutRadio } from "./network/no-radio.js";
import { DmsError, DmsResult } from "./protocol/result.js";
import { FailingDomain } from "./storage/failing-domain.js";
import { type Copies, RecordStore } from "./storage/record-store.js";
import { storagePath } from "./storage/room.js";
import { Settings } from "./storage/settings.js";
import type { Dfu } from "./update/dfu.js";
import { type DfuSettings, logsSetting, pollSetting } from "./update/owner.js";
import { Faults } from "./update/faults.js";
import type { Updates } from "./update/updates.js";
import { version } from "./version.js";

/** Of records in flash. Up here a text stays there; in a function it is copied to the heap. */
const settingsName = "settings";
const identityName = "identity";
const safeModeLine = "[Safe mode: the app has failed too often. faults_print tells more]";
const forcedLine = "[Safe mode: as asked for. To end it: faults_reset, reboot]";
const consoleOnlyLine =
	"[Console only: the device has failed too often, without its app too. faults_print tells more]";
/** Who came by an update must be able to take the next one. */
const noUpdatesLine =
	"[This firmware takes no updates, so it doesn't stay after one: the firmware before comes back]";
/** What comes after the host's own words for it. */
const closedLine = ". Nothing that was kept is known. why tells more]";
/** What `version` calls a device without an app. */
const productDefault = "OPENDMS-CONSOLE";

/** What a firmware can have or leave out: chosen by the module that starts the program. */
export interface DeviceParts {
	console(device: Device): Console;
	/** What a command or variable of the device's own is, by its name; without it none says so. */
	helpOf?(name: string): string | undefined;
	readonly commands: readonly Command[];
	readonly variables: readonly Variable[];
	/** Without it, the device takes no updates. */
	readonly updates?: Updates;
}

/** Starts the device program; see `run`. */
export function startDevice(host: Host, app: App, parts: DeviceParts): Device {
	const device = new RunningDevice(host, app, parts);
	device.app.start?.(device);
	return device;
}

class RunningDevice implements Device {
	readonly host: Host;
	readonly app: App;
	readonly settings: Settings;
	readonly network: Network;
	readonly dms: Dms;
	readonly faults: Faults;
	readonly dfu: Dfu | undefined;
	readonly isStorageClosed: boolean;
	private readonly parts: DeviceParts;
	private readonly finisher: Finisher;
	/** Both are made when somebody wants them: most devices never do. */
	private openedStreams: ConsoleStreams | undefined;
	private autoJoin: AutoJoin | undefined;
	private readonly console: Console | undefined;

	constructor(host: Host, app: App, parts: DeviceParts) {
		this.parts = parts;
		const storage = openRecords(host);
		const updates = parts.updates?.store(storage, host);
		this.isStorageClosed = storage instanceof FailingDomain;
		// First of all: whatever fails from here on is counted.
		this.faults = new Faults(host, storage, () => updates?.isAfterTrial !== true);
		this.host = this.faults.isConsoleOnly ? withoutRadio(host) : host;
		this.app = this.faults.isSafeMode ? withoutCode(app) : app;
		this.settings = new Settings(new RecordStore(storage, settingsName), parts.variables);
		this.network = new Network(this.host, this);
		this.dms = new Dms(this.host, this.network, new RecordStore(storage, identityName), this);
		this.dfu = updates && parts.updates?.dfu(this, updates);
		this.finisher = new Finisher(this);
		this.console = parts.console(this);
		if (storage instanceof FailingDomain) this.log("[Storage: " + storage.reason + closedLine);
		if (this.faults.isConsoleOnly) {
			this.log(consoleOnlyLine);
			return;
		}
		if (this.faults.isSafeMode) this.log(this.faults.isForced ? forcedLine : safeModeLine);
		if (this.dfu === undefined && host.boot.isOnTrial) {
			this.log(noUpdatesLine);
			this.endWith(() => host.system.restart());
			return;
		}
		this.finisher.begin();
		this.joinByItself();
		this.dfu?.begin();
	}

	get commands(): readonly Command[] {
		return this.parts.commands;
	}

	get variables(): readonly Variable[] {
		return this.parts.variables;
	}

	/** As Gecko OS writes it, so that controllers can take it apart at the commas. */
	get version(): string {
		const { system } = this.host;
		const product = (this.app.product ?? productDefault) + "-" + system.version;
		return [product, system.built, "opendms-" + version, "Board:" + system.platform].join(", ");
	}

	get streams(): ConsoleStreams {
		this.openedStreams ??= new ConsoleStreams(this);
		return this.openedStreams;
	}

	get networkSettings(): NetworkSettings {
		const { settings } = this;
		return {
			ssid: settings.get(ssid.name),
			passkey: settings.get(passkey.name),
			hostname: settings.get(hostnameSetting),
			addresses: fixedAddresses(this),
		};
	}

	get dmsSettings(): DmsSettings {
		const { settings } = this;
		return { host: settings.get(serviceAddress.name), uuid: settings.get(uuid.name) };
	}

	get dfuSettings(): DfuSettings {
		const { settings } = this;
		return {
			isPolling: settings.get(pollSetting) === "1",
			isLogging: settings.get(logsSetting) === "1",
		};
	}

	onProduct(product: string, key: Uint8Array | undefined): void {
		try {
			this.dfu?.takeProduct(product, key);
		} catch (error) {
			// The device is on the product all the same: the service has said so.
			if (!(error instanceof DmsError)) throw error;
			this.log("[Updates: " + error.message + "]");
		}
	}

	get autoJoinSettings(): AutoJoinSettings {
		return {
			isEnabled: isOn(this, autoJoinEnabled),
			retries: Number(valueOf(this, autoJoinRetries)),
			retryDelaySeconds: Number(valueOf(this, autoJoinRetryDelay)),
		};
	}

	onLost(): void {
		this.joinByItself();
	}

	private joinByItself(): void {
		if (this.autoJoinSettings.isEnabled) this.autoJoin ??= new AutoJoin(this);
		this.autoJoin?.begin();
	}

	helpOf({ name, help }: Command | Variable): string | undefined {
		return help ?? this.parts.helpOf?.(name);
	}

	log(line: string): void {
		this.console?.log(line);
	}

	ask(question: string, isSecret: boolean, above?: Lines): Promise<string> {
		if (this.console !== undefined) return this.console.ask(question, isSecret, above);
		return Promise.reject(new DmsError(DmsResult.Unsupported));
	}

	endWith(act: () => void): void {
		this.console?.endWith(act);
	}

	afterTrial(act: () => void): void {
		if (this.dfu === undefined) act();
		else this.dfu.afterTrial(act);
	}

	finishSoon(): void {
		this.finisher.begin();
	}
}

/** Storage that can't even be opened reads and writes as storage that fails. */
function openRecords({ keyValue }: Host): Copies {
	try {
		return keyValue.open({ path: storagePath, format: "buffer" });
	} catch (error) {
		return new FailingDomain(error);
	}
}

/** In safe mode nothing of an app is left but the name of its product. */
function withoutCode({ product }: App): App {
	return product === undefined ? {} : { product };
}
