/**
 * Wi-Fi set-up from a browser: the device's side of the Improv Wi-Fi Serial standard
 * (https://www.improv-wifi.com/serial/), on the console's own serial port.
 */

import { freshStack } from "../background.js";
import type { FrameOwner } from "../console/line-input.js";
import { CommandError } from "../console/reply.js";
import { setValue, valueOf } from "../console/values.js";
import { hostname, passkey, ssid } from "../console/variables/network-variables.js";
import { deviceName } from "../console/variables/system-variables.js";
import type { Device, Variable } from "../device.js";
import { isUtf8, utf8Decode, utf8Encode } from "../encoding/utf8.js";
import type { AccessPoint } from "../host.js";
import { DmsError } from "../protocol/result.js";
import { encodeFrame, type FrameListener, FrameReader, FrameType } from "./frame.js";

const ImprovState = Object.freeze({ Ready: 2, Provisioning: 3, Provisioned: 4 });

const Failure = Object.freeze({
	None: 0,
	BadPacket: 1,
	UnknownCommand: 2,
	CannotConnect: 3,
	BadHostname: 5,
	Unknown: 0xff,
});
type Failure = (typeof Failure)[keyof typeof Failure];

const Command = Object.freeze({
	WiFiSettings: 1,
	CurrentState: 2,
	DeviceInformation: 3,
	Networks: 4,
	Hostname: 5,
	DeviceName: 6,
	NetworkState: 7,
});

/** Flags of the network's state: 1 online, 2 there is Wi-Fi. */
const networkUp = "3";
const networkDown = "2";

/** What the firmware is called without an app. */
const productDefault = "opendms";

export class Improv implements FrameListener {
	private readonly device: Device;
	private readonly owner: FrameOwner;
	private readonly reader: FrameReader;
	private failure: Failure = Failure.None;

	constructor(device: Device, owner: FrameOwner) {
		this.device = device;
		this.owner = owner;
		this.reader = new FrameReader(device.host.timer, this);
	}

	/** The beginning of a frame has come. */
	begin(): void {
		this.reader.begin();
	}

	/** Bytes were lost. */
	tear(): void {
		this.reader.tear();
	}

	/** Takes a byte; false when it isn't a frame's. */
	take(byte: number): boolean {
		return this.reader.take(byte);
	}

	onBrokenFrame(bytes: Uint8Array | undefined): void {
		this.fail(Failure.BadPacket);
		this.owner.afterFrame(Promise.resolve(bytes));
	}

	onCommand(command: number, data: Uint8Array): void {
		const copy = data.slice();
		// From a new stack: a chip's is small.
		this.owner.afterFrame(Promise.resolve().then(() => this.run(command, copy)));
	}

	private async run(command: number, data: Uint8Array): Promise<void> {
		const failure = await this.answer(command, data);
		if (failure !== Failure.None || this.failure !== Failure.None) this.fail(failure);
		if (failure === Failure.CannotConnect) this.sendState(ImprovState.Ready);
	}

	private async answer(command: number, data: Uint8Array): Promise<Failure> {
		switch (command) {
			case Command.WiFiSettings:
				return this.join(data);
			case Command.CurrentState:
				this.sendState(this.state);
				if (this.state === ImprovState.Provisioned) this.sendResult(command, []);
				return Failure.None;
			case Command.DeviceInformation:
				this.sendResult(command, this.information);
				return Failure.None;
			case Command.Networks:
				return this.listNetworks();
			case Command.Hostname:
				return this.name(command, data, hostname, this.device.network.hostname);
			case Command.DeviceName:
				return this.name(command, data, deviceName, this.deviceName);
			case Command.NetworkState:
				this.sendResult(command, [this.device.network.isUp ? networkUp : networkDown]);
				return Failure.None;
			default:
				return Failure.UnknownCommand;
		}
	}

	private get state(): number {
		return this.device.network.isUp ? ImprovState.Provisioned : ImprovState.Ready;
	}

	private get deviceName(): string {
		return valueOf(this.device, deviceName) || this.product;
	}

	private get product(): string {
		return this.device.app.product ?? productDefault;
	}

	private get information(): string[] {
		const { version, platform } = this.device.host.system;
		return [this.product, version, platform, this.deviceName];
	}

	/** Joins with what it is given, and keeps that only when it works. */
	private async join(data: Uint8Array): Promise<Failure> {
		const texts = textsIn(data);
		const [name, secret] = texts ?? [];
		if (name === undefined || name === "" || secret === undefined || texts?.length !== 2) {
			return Failure.BadPacket;
		}
		const device = this.device;
		const before = [valueOf(device, ssid), valueOf(device, passkey)] as const;
		this.sendState(ImprovState.Provisioning);
		try {
			await freshStack();
			await this.set(name, secret);
			await device.network.join();
		} catch (error) {
			if (!(error instanceof DmsError || error instanceof CommandError)) throw error;
			await this.set(...before);
			return Failure.CannotConnect;
		}
		const isKept = this.save();
		this.sendState(ImprovState.Provisioned);
		this.sendResult(Command.WiFiSettings, []); // There is no page to go on with.
		return isKept ? Failure.None : Failure.Unknown;
	}

	private async set(name: string, secret: string): Promise<void> {
		await setValue(this.device, ssid, name);
		await setValue(this.device, passkey, secret);
	}

	private async listNetworks(): Promise<Failure> {
		const found = await this.device.network.scan().catch(() => undefined);
		if (found === undefined) return Failure.Unknown;
		for (const { SSID, RSSI, secure } of strongestOf(found)) {
			this.sendResult(Command.Networks, [SSID, String(RSSI), secure === false ? "NO" : "YES"]);
		}
		this.sendResult(Command.Networks, []);
		return Failure.None;
	}

	/** Sets a name, when there is one in the command, and answers with the one that counts. */
	private async name(
		command: number,
		data: Uint8Array,
		variable: Variable,
		present: string,
	): Promise<Failure> {
		let name = present;
		if (data.length > 0) {
			const isText = isUtf8(data);
			name = isText ? utf8Decode(data) : "";
			const isTaken = isText && (await this.setName(variable, name));
			if (!isTaken) return variable === hostname ? Failure.BadHostname : Failure.BadPacket;
			if (!this.save()) return Failure.Unknown;
		}
		this.sendResult(command, [name]);
		return Failure.None;
	}

	private setName(variable: Variable, text: string): Promise<boolean> {
		return setValue(this.device, variable, text).then(
			() => true,
			() => false,
		);
	}

	private save(): boolean {
		try {
			this.device.settings.save();
			return true;
		} catch {
			return false;
		}
	}

	private fail(failure: Failure): void {
		this.failure = failure;
		this.owner.sendFrame(encodeFrame(FrameType.Error, [failure]));
	}

	private sendState(state: number): void {
		this.owner.sendFrame(encodeFrame(FrameType.State, [state]));
	}

	private sendResult(command: number, texts: readonly string[]): void {
		const data: number[] = [];
		for (const text of texts) {
			const bytes = utf8Encode(text);
			data.push(bytes.length, ...bytes);
		}
		this.owner.sendFrame(encodeFrame(FrameType.Result, [command, data.length, ...data]));
	}
}

/**
 * One for each name, the strongest. What hides its name can't be chosen by it, nor can what isn't
 * text.
 */
function strongestOf(found: readonly AccessPoint[]): readonly AccessPoint[] {
	return found.filter(
		({ SSID }, index) =>
			SSID !== "" &&
			!SSID.includes("\ufffd") &&
			found.findIndex((other) => other.SSID === SSID) === index,
	);
}

/** Texts that each have their length before them; `undefined` when that is not what it is. */
function textsIn(data: Uint8Array): string[] | undefined {
	const texts: string[] = [];
	for (let start = 0; start < data.length;) {
		const end = start + 1 + (data[start] ?? 0);
		if (end > data.length) return undefined;
		const bytes = data.subarray(start + 1, end);
		if (!isUtf8(bytes)) return undefined;
		texts.push(utf8Decode(bytes));
		start = end;
	}
	return texts;
}
